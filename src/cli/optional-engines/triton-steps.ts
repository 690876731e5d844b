// What Triton needs beside its packages: the interpreter of its Python backend, chosen from those the wheel carries.

import { chmod, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type InstallSite, venvProgram } from './install-site.js'
import { sitePackages } from './python-steps.js'

const stubName = 'triton_python_backend_stub'

export const placeTritonStub = async (site: InstallSite): Promise<void> => {
  const server = join(await sitePackages(site), 'pytriton', 'tritonserver')
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])'
  const version = (await site.run([venvProgram(site.directory, 'python'), '-c', code])).trim()
  const stub = join(server, 'backends', 'python', stubName)
  await copyFile(join(server, 'python_backend_stubs', version, stubName), stub)
  await chmod(stub, 0o755)
}
