// Gets a checkout ready to run: installs from the lock file, builds, finds the pinned Node.
// Runs on an old Node with nothing installed, so: no dependency, no syntax newer than ES2020.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * V8 flags of every process of the product: they switch off two optimisations with silent miscompiles, and one that makes
 * a gateway slower. src/supervisor/v8-flags.ts has the same ones.
 */
export const v8Flags = ['--no-maglev', '--no-turboshaft-load-elimination', '--no-allocation-site-pretenuring']

/**
 * Where Node keeps what it compiled, for every process of the product: each start compiles megabytes of code otherwise.
 * Beside the packages in a checkout, where a build empties it; else in the cache of this user, as nobody else may write
 * what is run. Undefined where there is no such place.
 */
export const compileCache = () => {
  if (process.env.NODE_COMPILE_CACHE) return process.env.NODE_COMPILE_CACHE
  if (isCheckout) return join(packageRoot, 'node_modules', '.cache', 'llm-architect', 'compiled')
  const { XDG_CACHE_HOME, HOME } = process.env
  const home = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  return home ? join(home, 'llm-architect', 'compiled') : undefined
}

const pinnedNode = join(packageRoot, 'node_modules', 'node', 'bin', 'node')
const isCheckout = existsSync(join(packageRoot, 'tsconfig.build.json'))

const messages = {
  en: {
    installing: 'Installing packages from the lock file (about 700 MB, once)',
    building: 'Building',
    bundling: 'Bundling',
    installFailed:
      'The packages could not be installed. Check that the npm registry can be reached and the disk has 1 GB free, then run the same command again.',
    buildFailed: 'The build failed; the output above says why.',
    oldNode: (version) =>
      `llm-architect needs Node ^22.19, ^24 or >=26, and this is ${version}. Install Node 24 and run it again.`,
  },
  'zh-TW': {
    installing: '正在依鎖定檔安裝套件（約 700 MB，僅此一次）',
    building: '正在建置',
    bundling: '正在打包',
    installFailed: '套件安裝失敗。請確認可以連到 npm 套件庫、磁碟尚有 1 GB 空間，然後再執行一次同樣的指令。',
    buildFailed: '建置失敗，原因請見上方的訊息。',
    oldNode: (version) =>
      `llm-architect 需要 Node ^22.19、^24 或 >=26，目前是 ${version}。請安裝 Node 24 後再試一次。`,
  },
}
const locale = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || ''
const text = messages[/^zh/i.test(locale) ? 'zh-TW' : 'en']

const fail = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

/** Runs a step, showing its name and, on a terminal, the seconds it has taken; its output only if it fails. */
const runStep = (title, command, args) =>
  new Promise((resolve) => {
    const startedAt = Date.now()
    const seconds = () => Math.round((Date.now() - startedAt) / 1000)
    const show = () => process.stderr.isTTY && process.stderr.write(`\r${title} … ${seconds()} s`)
    if (!process.stderr.isTTY) process.stderr.write(`${title} …\n`)
    const timer = setInterval(show, 500)
    const child = spawn(command, args, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => output.push(Buffer.from(String(error))))
    child.on('close', (code) => {
      clearInterval(timer)
      process.stderr.write(
        `${process.stderr.isTTY ? '\r' : ''}${title} … ${seconds()} s${code === 0 ? '' : ' ✗'}\n`,
      )
      if (code !== 0) process.stderr.write(Buffer.concat(output))
      resolve(code === 0)
    })
  })

const isInstalled = () => {
  const marker = join(packageRoot, 'node_modules', '.package-lock.json')
  return (
    existsSync(marker) &&
    existsSync(pinnedNode) &&
    statSync(marker).mtimeMs >= statSync(join(packageRoot, 'package-lock.json')).mtimeMs
  )
}

const newestMs = (path) => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestMs(join(path, name))),
    stat.mtimeMs,
  )
}

const isBuilt = () => {
  const marker = join(packageRoot, 'dist', 'bundle', 'main.js')
  const sources = ['src', join('scripts', 'bundle.mjs')].map((name) => newestMs(join(packageRoot, name)))
  return existsSync(marker) && statSync(marker).mtimeMs >= Math.max(...sources)
}

const npm = () => (process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []])

/**
 * Installs what the lock file names, unless it is there already. Ends the process when that fails.
 * Not `npm ci`: it refuses a lock file written where a registry lacks the binaries of other platforms.
 */
export const ensureInstalled = async () => {
  if (!isCheckout || isInstalled()) return
  const [command, args] = npm()
  const ok = await runStep(text.installing, command, [
    ...args,
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (!ok || !existsSync(pinnedNode)) fail(text.installFailed)
}

/** Compiles src/ to dist/, and bundles that, when something is newer than the last build. Ends the process when that fails. */
export const ensureBuilt = async () => {
  if (!isCheckout || isBuilt()) return
  const compiler = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const ok =
    (await runStep(text.building, pinnedNode, [compiler, '-p', 'tsconfig.build.json'])) &&
    (await runStep(text.bundling, pinnedNode, [join(packageRoot, 'scripts', 'bundle.mjs')]))
  if (!ok) fail(text.buildFailed)
}

const isSupported = (version) => {
  const [major, minor] = version.slice(1).split('.').map(Number)
  return (major === 22 && minor >= 19) || major === 24 || major >= 26
}

/** The Node to run on: the pinned one in a checkout, otherwise the one that started us, if it is new enough. */
export const nodePath = () => {
  if (isCheckout) return pinnedNode
  if (!isSupported(process.version)) fail(text.oldNode(process.version))
  return process.execPath
}

/** Runs Node with the product's flags and this terminal; returns its exit status. */
export const runNode = (args) => {
  const { status, signal } = spawnSync(nodePath(), [...v8Flags, ...args], {
    cwd: packageRoot,
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache() },
  })
  return signal ? 128 : (status ?? 1)
}
