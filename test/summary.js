// Prints what Jest's JSON report counts as the plain closing line; fails when no test ran.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
const report = text === '' ? undefined : JSON.parse(text);
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
const skipped = report?.numPendingTests ?? 0;
for (const suite of report?.testResults ?? []) {
  for (const { status, fullName } of suite.assertionResults) {
    if (status === 'pending') console.log(`skipped: ${fullName}`);
  }
}
console.log(
  `${passed} passed, ${passed === 0 && failed === 0 ? 1 : failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`,
);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
