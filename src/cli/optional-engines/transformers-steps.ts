// How transformers.js is installed: by npm into a folder of its own, since not everybody needs its 470 MB.

import type { InstallSite } from './install-site.js'

export const transformersPackage = { name: '@huggingface/transformers', version: '4.3.1' } as const

export const installTransformersPackage = async ({ run, directory, environment }: InstallSite) => {
  const { name, version } = transformersPackage
  // The binaries for processors come in the package; scripts would only fetch those for graphics cards.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await run([...npmCommand(environment), 'install', '--prefix', directory, ...flags, `${name}@${version}`])
}

/** The npm that started the product, where it was one: there may be none on the path. */
const npmCommand = ({ npm_execpath: script }: InstallSite['environment']): readonly [string, ...string[]] =>
  script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm']

/** In a process of its own: it loads native code. */
export const checkTransformersPackage = async ({ run, directory }: InstallSite) => {
  const code = `if (typeof require('${transformersPackage.name}').pipeline !== 'function') process.exit(1)`
  await run([process.execPath, '-e', code], directory)
}
