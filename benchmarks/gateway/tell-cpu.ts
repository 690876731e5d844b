// What a process of the benchmark spends: for each line it reads it writes its CPU time so far, in ms. Ends with its
// standard input. CPU time per request says what a request costs even where other processes take the processor away.

export const tellCpu = () => {
  process.stdin.on('data', () => {
    const { user, system } = process.cpuUsage()
    process.stdout.write(`${(user + system) / 1000}\n`)
  })
  process.stdin.on('end', () => process.exit(0))
}
