// What stands in the text where something was taken out.

const names: Readonly<Record<string, string>> = {
  'payment-card': 'CARD',
  'tw-national-id': 'TW_ID',
  'tw-resident-certificate': 'TW_ARC',
  'cn-resident-id': 'CN_ID',
  'us-social-security': 'US_SSN',
  'api-key': 'SECRET',
  'json-web-token': 'SECRET',
  password: 'SECRET',
}

/** `[EMAIL]`, `[CARD]`, ...: the kind of what was found, and nothing of it. */
export const placeholder = (kind: string): string =>
  `[${names[kind] ?? kind.toUpperCase().replaceAll('-', '_')}]`
