// Writes docs/reference/errors.md from the built error catalogue: npm run docs:errors
import { writeFileSync } from 'node:fs';
import { catalogue } from '../packages/errors/dist/index.js';

const head = `# Errors

Every code Mallee can report, from the one catalogue in \`packages/errors\`. EC2 and S3 clients see the codes of those
services; the others are typed reasons: in \`stateReason\`, in SOAP faults, in the logs. Written by \`npm run docs:errors\`; a test
compares.

| Code | Family | Status | What happened | What to do |
|---|---|---|---|---|
`;
const rows = Object.entries(catalogue).map(
  ([code, { family, status, cause, remedy }]) => `| \`${code}\` | ${family} | ${status} | ${cause} | ${remedy} |`,
);
writeFileSync(new URL('../docs/reference/errors.md', import.meta.url), `${head}${rows.join('\n')}\n`);
