// The accounts that ceph/s3-tests wants, and its configuration file.

const names = ['main', 'alt', 'tenant', 'iam', 'iam root', 'iam alt root'];

function account(name, i) {
  const word = name.replaceAll(' ', '');
  return {
    accessKeyId: `AKIA${word.toUpperCase().padEnd(16, 'X')}`,
    secretKey: `secret/of+${word}`.padEnd(40, 'x'),
    accountId: String(i + 1).repeat(12),
    canonicalId: String(i + 1).repeat(64),
    displayName: `user ${word}`,
    userId: `AIDA${word.toUpperCase()}`,
    isAdmin: false,
    email: `${word}@example.com`,
  };
}

export const accounts = names.map(account);

/** Text of the configuration file for a store at `port`. */
export function suiteConfiguration(port, daySeconds) {
  const sections = names.map((name, i) => {
    const { accessKeyId, secretKey, canonicalId, displayName, email } = accounts[i];
    const title = name.startsWith('iam') ? name : `s3 ${name}`;
    const lines = [
      `[${title}]`,
      `display_name = ${displayName}`,
      `user_id = ${canonicalId}`,
      `email = ${email}`,
      `access_key = ${accessKeyId}`,
      `secret_key = ${secretKey}`,
    ];
    if (name === 'main') lines.push('api_name = default', `lc_debug_interval = ${daySeconds}`);
    if (name === 'tenant') lines.push('tenant =');
    return lines.join('\n');
  });
  const head = [
    '[DEFAULT]',
    'host = 127.0.0.1',
    `port = ${port}`,
    'is_secure = False',
    'ssl_verify = False',
    '[fixtures]',
    'bucket prefix = s3c-{random}-',
    'iam name prefix = s3-tests-',
    'iam path prefix = /s3-tests/',
  ];
  return `${[...head, ...sections].join('\n')}\n`;
}
