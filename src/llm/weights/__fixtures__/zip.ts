// Writes a zip as nobody should: names, sizes and modes are taken as given, so that a test can lie.

import { createHash } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipMember {
  readonly name: string
  readonly bytes: Buffer
  readonly deflate?: boolean
  /** Unix mode, with the type of the file. */
  readonly mode?: number
}

export const zipFile = (members: readonly ZipMember[]): Buffer => {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const member of members) {
    const name = Buffer.from(member.name)
    const data = member.deflate ? deflateRawSync(member.bytes) : member.bytes
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(member.deflate ? 8 : 0, 4)
    common.writeUInt32LE(crc32(member.bytes), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(member.bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((member.mode ?? 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, name]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** A wheel with its METADATA and a RECORD that is true. */
export const wheelFile = (
  { name, version, licence }: { readonly name: string; readonly version: string; readonly licence: string },
  members: readonly ZipMember[],
): Buffer => {
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nLicense: ${licence}\n\nText\nLicense: none\n`
  const all = [
    ...members,
    { name: `${info}/METADATA`, bytes: Buffer.from(metadata) },
    {
      name: `${info}/WHEEL`,
      bytes: Buffer.from('Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    },
    { name: `${info}/LICENSE`, bytes: Buffer.from('the licence') },
  ]
  const record = all.map(
    (member) =>
      `${member.name},sha256=${createHash('sha256').update(member.bytes).digest('base64url')},${member.bytes.length}\n`,
  )
  const recordName = `${info}/RECORD`
  return zipFile([...all, { name: recordName, bytes: Buffer.from(`${record.join('')}${recordName},,\n`) }])
}
