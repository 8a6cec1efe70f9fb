import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportCheckpoints, readCheckpoints } from '../../../src/cli/audit-file';
import { auditReport, isBroken } from '../../../src/cli/audit-report';
import { verifyEverything } from '../../../src/cli/audit-verify';
import { DocumentSigner } from '../../../src/platform/auth';
import { auditWorld, type AuditWorld } from '../../support/audit-world';

let world: AuditWorld;
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const file = join(folder, 'checkpoints.jws');
const operators = [{ id: 1, code: 'hudson' }];

beforeAll(async () => {
  world = await auditWorld();
  for (const operatorId of [0, 1, 2]) {
    await world.record(5, operatorId);
    await world.checkpoint(operatorId);
  }
  await world.record(2);
  await exportCheckpoints(world.test.database, [undefined, 1, 2], file);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});

const keys = () => [world.signer.publicKey];

async function verdicts(checkpoints: string | undefined) {
  const published = checkpoints === undefined ? [] : await readCheckpoints(checkpoints, keys());
  return verifyEverything({ database: world.test.database, operators, keys: keys(), published });
}

test('checkpoints go out one a line and come back as they were', async () => {
  const back = await readCheckpoints(file, keys());
  expect(back.map(({ operator, size }) => [operator, size])).toEqual([
    [0, 5n],
    [1, 5n],
    [2, 5n],
  ]);
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toEqual(back.map(({ jws }) => jws));
  expect(existsSync(`${file}.part`)).toBe(false);
});

test('an export that fails leaves no file', async () => {
  const nowhere = join(folder, 'missing', 'checkpoints.jws');
  await expect(exportCheckpoints(world.test.database, [1], nowhere)).rejects.toThrow(/ENOENT/);
  expect(existsSync(nowhere)).toBe(false);
});

test('a line that no known key signed is refused by its number', async () => {
  const stranger = [new DocumentSigner(Buffer.alloc(32, 1)).publicKey];
  await expect(readCheckpoints(file, stranger)).rejects.toThrow(/Line 1 of .*checkpoints\.jws/);
  const mended = join(folder, 'mended.jws');
  writeFileSync(mended, `\n${readFileSync(file, 'utf8').replace(/.\n$/, '!\n')}`);
  await expect(readCheckpoints(mended, keys())).rejects.toThrow(/Line 4 of/);
});

test('a verdict without checkpoints from elsewhere says what it cannot exclude', async () => {
  const found = await verdicts(undefined);
  expect(found.some(isBroken)).toBe(false);
  const report = auditReport(found);
  expect(report).toMatch(/^ok {6}operator 1 \(hudson\): 7 records, 1 checkpoints/m);
  expect(report).toMatch(/^operator 1 \(hudson\): no checkpoint was given .* cannot be excluded/m);
  expect(report).toMatch(/No break was found\.$/);
});

test('a verdict with them covers operators that are listed no more', async () => {
  const report = auditReport(await verdicts(file));
  expect(report).toMatch(/^operator 1 \(hudson\): records 1 to 5 are those .* The 2 after it/m);
  expect(report).toMatch(/^ok {6}operator 2, which is not listed: 5 records/m);
});

test('a break is named with its operator and its record', async () => {
  await world.test.owner.write(
    { operatorId: 2, actor: { kind: 'system', id: 'x' } },
    async (tx) => {
      await tx.execute('ALTER TABLE platform_audit_records DISABLE TRIGGER USER');
      await tx.execute(`UPDATE platform_audit_records SET subject = 'off_9' WHERE seq = 4`);
      await tx.execute('ALTER TABLE platform_audit_records ENABLE TRIGGER USER');
    },
  );
  const found = await verdicts(file);
  expect(found.filter(isBroken).map(({ operatorId }) => operatorId)).toEqual([2]);
  const report = auditReport(found);
  expect(report).toMatch(/^BROKEN {2}operator 2/m);
  expect(report).toMatch(/audit record 4: its content does not match its hash/);
  expect(report).toMatch(/The trail is broken\.$/);
});
