import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { DocumentSigner, keyOfPem, verifiesDetached } from '../../../src/platform/auth';
import { exportLists, importLists } from '../../../src/cli/list-file';
import type { Operator } from '../../../src/modules/identity';
import { IntakeWorld } from '../../support/intake-world';
import { residentId } from '../../support/people-world';

let world: IntakeWorld;
let folder: string;
let sender: Operator;
let receiver: Operator;

const signer = new DocumentSigner(Buffer.alloc(32, 3));
const opened = () => ({ database: world.app.platform.database, services: world.app.services });

beforeAll(async () => {
  world = await IntakeWorld.open();
  folder = await mkdtemp(join(tmpdir(), 'yunchou-lists-'));
  sender = world.elbe;
  receiver = world.oder;
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
  await world.close();
});

async function inForce(subject: object): Promise<void> {
  const { creditLists } = world.app.services;
  const at = { operatorId: sender.id, actor: { kind: 'user', id: 'usr_a' } } as const;
  const { database } = world.app.platform;
  const entry = await database.write(at, (tx) =>
    creditLists.propose(tx, {
      colour: 'black',
      subject: subject as never,
      issuingBody: 'Intermediate Court',
      basis: '(2025) 云01 执 1 号',
      effects: ['block-borrowing'],
      startsOn: calendarDate('2025-01-01'),
      endsOn: calendarDate('2027-01-01'),
    }),
  );
  const other = { ...at, actor: { kind: 'user', id: 'usr_b' } } as const;
  await database.write(other, (tx) => creditLists.decide(tx, entry.id, 'in-force'));
}

test('a list goes out signed, and comes in once, to be put in force by a person', async () => {
  await inForce({ kind: 'natural', identity: { kind: 'cn-resident-id', number: residentId(41) } });
  await inForce({ name: 'Wang Wei', bornOn: '1980-01-02' });
  const path = join(folder, 'list');
  expect(await exportLists(opened(), { operator: sender, path, signer })).toBe(2);
  const key = keyOfPem(await readFile(`${path}.pem`, 'utf8'));
  for (const ending of ['json', 'csv']) {
    const text = await readFile(`${path}.${ending}`, 'utf8');
    const jws = await readFile(`${path}.${ending}.jws`, 'utf8');
    expect(verifiesDetached(jws, text, key)).toBe(true);
  }
  const order = { operator: receiver, file: `${path}.json`, keyFile: `${path}.pem` };
  expect(await importLists(opened(), order)).toEqual({ proposed: 2, repeated: 0, refused: [] });
  expect(await importLists(opened(), order)).toEqual({ proposed: 0, repeated: 2, refused: [] });
  const scope = { operatorId: receiver.id, actor: { kind: 'system', id: 'test' } } as const;
  const rows = await world.app.platform.database.read(scope, (db) =>
    db.query(
      `SELECT e.status, g.source, g.signed_by, e.ends_on::text AS ends
       FROM application_list_origins g
       JOIN application_list_entries e ON e.operator_id = g.operator_id AND e.id = g.entry_id`,
    ),
  );
  const came = { status: 'proposed', source: sender.code, signed_by: key.kid, ends: '2027-01-01' };
  expect(rows).toEqual([came, came]);
  // What came from somebody else is not passed on as the operator's own.
  const onward = { operator: receiver, path: join(folder, 'onward'), signer };
  expect(await exportLists(opened(), onward)).toBe(0);
});

test('a broken entry keeps no other out, and a changed file is not taken', async () => {
  const path = join(folder, 'list');
  const list = JSON.parse(await readFile(`${path}.json`, 'utf8'));
  const [known] = list.entries;
  const number = residentId(42).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  list.entries = [
    {
      ...known,
      externalId: 'a',
      subject: { kind: 'natural', identity: { kind: 'cn-resident-id', number } },
    },
    { ...known, externalId: 'b' },
    { ...known, externalId: 'c', endsOn: '2024-01-01' },
  ];
  const file = join(folder, 'changed.json');
  await writeFile(file, JSON.stringify(list));
  await writeFile(`${file}.jws`, await readFile(`${path}.json.jws`, 'utf8'));
  const order = { operator: receiver, file };
  await expect(importLists(opened(), { ...order, keyFile: `${path}.pem` })).rejects.toThrow(
    'is not signed by',
  );
  const report = await importLists(opened(), { ...order, keyFile: undefined });
  expect([report.proposed, report.repeated]).toEqual([1, 0]);
  expect(report.refused.map(({ externalId }) => externalId)).toEqual(['a', 'c']);
  await writeFile(file, JSON.stringify({ ...list, format: 'other' }));
  await expect(importLists(opened(), { ...order, keyFile: undefined })).rejects.toThrow(
    'is no credit list',
  );
});
