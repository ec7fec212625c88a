// Adds up the reports of all suites. A test that was skipped counts as failed: CI skips nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , folder, failedSteps] = process.argv;
let passed = 0;
let failed = 0;
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + report.numPendingTests + (report.numTodoTests ?? 0);
  // A suite that could not be loaded has no failed test of its own.
  failed += report.numRuntimeErrorTestSuites ?? 0;
  if (report.numPendingTests > 0)
    console.log(`${name}: ${report.numPendingTests} skipped, counted as failed`);
  for (const suite of report.testResults ?? []) {
    if (suite.status === 'failed') console.log(`failed: ${suite.name.replace(process.cwd(), '.')}`);
  }
}
if (failed === 0 && Number(failedSteps) > 0) failed = Number(failedSteps);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
