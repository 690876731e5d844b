// A child that never says that it is ready.

setInterval(() => {}, 60_000)
