import { expect, it } from 'vitest'
import { findPython, type ProbePython, probePython } from './find-python.js'

/** Pythons by their program: a version, and whether it can make environments. */
const machineWith =
  (pythons: Readonly<Record<string, readonly [string, boolean]>>): ProbePython =>
  async (program) => ({
    program,
    version: pythons[program]?.[0],
    canMakeVenv: pythons[program]?.[1] ?? false,
  })

const need = { title: 'vLLM', minors: [10, 13] } as const
const debianOnly = { ...need, only: { program: '/usr/bin/python3', version: '3.11.2' } }

it('takes the first that fits', async () => {
  const probe = machineWith({
    '/usr/bin/python3': ['3.9.2', true],
    python3: ['3.14.0', true],
    'python3.12': ['3.12.1', true],
  })
  expect(await findPython(need, probe)).toBe('python3.12')
})

it('passes over one that cannot make environments', async () => {
  const probe = machineWith({ '/usr/bin/python3': ['3.11.2', false], python3: ['3.11.7', true] })
  expect(await findPython(need, probe)).toBe('python3')
})

it('says which package of Debian is missing where none can', async () => {
  const probe = machineWith({ '/usr/bin/python3': ['3.11.2', false] })
  const finding = findPython(need, probe)
  await expect(finding).rejects.toMatchObject({ code: 'engines.venv-missing' })
  await expect(finding).rejects.toThrow('apt-get install python3-venv')
  await expect(findPython(debianOnly, probe)).rejects.toMatchObject({ code: 'engines.venv-missing' })
})

it('says what it found where none fits', async () => {
  const probe = machineWith({ '/usr/bin/python3': ['3.9.2', true] })
  await expect(findPython(need, probe)).rejects.toMatchObject({
    code: 'engines.python-missing',
    params: { needed: '3.10 to 3.13', found: '/usr/bin/python3 3.9.2' },
  })
})

it('looks at no other than the one that is named', async () => {
  const probe = machineWith({ '/usr/bin/python3': ['3.11.2', true], '/opt/python': ['3.8.0', true] })
  await expect(findPython(need, probe, '/opt/python')).rejects.toMatchObject({
    params: { found: '/opt/python 3.8.0' },
  })
})

it('insists on the one program and version where only that will do, whatever is named', async () => {
  const other = machineWith({ '/usr/bin/python3': ['3.11.7', true], '/opt/python': ['3.11.2', true] })
  await expect(findPython(debianOnly, other, '/opt/python')).rejects.toMatchObject({
    code: 'engines.python-not-debian',
    params: { needed: '3.11.2', found: '3.11.7' },
  })
  const debian = machineWith({ '/usr/bin/python3': ['3.11.2', true] })
  expect(await findPython(debianOnly, debian)).toBe('/usr/bin/python3')
})

it('finds nothing where there is no program', async () => {
  expect(await probePython(process.env)('/no/such/python')).toEqual({
    program: '/no/such/python',
    version: undefined,
    canMakeVenv: false,
  })
})
