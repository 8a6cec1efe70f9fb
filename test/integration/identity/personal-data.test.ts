import { peopleWorld, residentId, scopeOf, type PeopleWorld } from '../../support/people-world';

/** Nobody else in the world is called that, born then or numbered so: found is leaked. */
const CANARIES = {
  investorName: 'Zephyrine Quillfeather',
  chineseName: '欧阳霁月',
  personName: 'Thaddeus Marmoset',
  borrowerName: 'Ignatius Plumbottom',
  residentNumber: residentId(321, '19610817'),
  passport: 'QX73K19ZR',
  ein: '529417386',
} as const;

let world: PeopleWorld;

beforeAll(async () => {
  world = await peopleWorld();
  await fillWorld();
});
afterAll(() => world.close());

async function fillWorld(): Promise<void> {
  const ada = await world.actor(['investor']);
  const file = (changes: object) => ({ kind: 'natural', country: 'CN', ...changes });
  const made = await ada.post(
    '/v1/investors',
    file({
      name: CANARIES.investorName,
      identity: { kind: 'cn-resident-id', number: CANARIES.residentNumber },
    }),
  );
  expect(made.status).toBe(201);
  await ada.post(`/v1/investors/${made.body.id}/verification`);
  const bo = await world.actor(['investor']);
  await bo.post(
    '/v1/investors',
    file({
      name: CANARIES.chineseName,
      bornOn: '1961-08-17',
      identity: { kind: 'passport', country: 'CN', number: CANARIES.passport },
    }),
  );
  const grace = await world.actor(['issuer']);
  const company = { legalForm: 'company', jurisdiction: 'US-DE', country: 'US' };
  const issuer = await grace.post('/v1/issuers', {
    ...company,
    kind: 'legal',
    name: 'Bright Mills Ltd',
    identity: { kind: 'us-ein', number: CANARIES.ein },
    people: [{ name: CANARIES.personName, roles: ['officer'], bornOn: '1961-08-17' }],
  });
  expect(issuer.status).toBe(201);
  await grace.post(`/v1/issuers/${issuer.body.id}/verification`);
  const borrower = await grace.post('/v1/issuers', {
    ...company,
    kind: 'natural',
    legalForm: 'person',
    name: CANARIES.borrowerName,
    identity: { kind: 'passport', country: 'DE', number: 'B77X00T1' },
    people: [],
  });
  expect(borrower.status).toBe(201);
  await world.verificationRunner.runPending(scopeOf(world.rhine));
  await world.issuerVerificationRunner.runPending(scopeOf(world.rhine));
  // Refusals must not repeat what was refused.
  await ada.post(
    '/v1/investors',
    file({
      name: CANARIES.investorName,
      identity: { kind: 'cn-resident-id', number: CANARIES.residentNumber },
    }),
  );
  await bo.get(`/v1/investors/${made.body.id}?name=${encodeURIComponent(CANARIES.investorName)}`);
}

/** Every row of every table, as text, read by the owner of the database in each scope. */
async function dump(): Promise<string> {
  const parts: string[] = [];
  for (const operator of [world.rhine, world.hudson]) {
    parts.push(
      await world.test.owner.read(scopeOf(operator), async (db) => {
        const tables = await db.query<{ name: string }>(
          `SELECT c.relname AS name FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname`,
        );
        const texts = [];
        for (const { name } of tables) {
          const rows = await db.query<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`);
          texts.push(`${name}:`, ...rows.map(({ text }) => text));
        }
        return texts.join('\n');
      }),
    );
  }
  return parts.join('\n');
}

describe('personal data', () => {
  let dumped: string;
  beforeAll(async () => {
    dumped = await dump();
  });

  test('is really there, sealed', async () => {
    expect(dumped).toContain('identity_parties:');
    expect(dumped.match(/k1\.[A-Za-z0-9_-]{30,}/g)?.length).toBeGreaterThan(6);
    const names = await world.read(async (db) => {
      const investors = await world.investors.list(db, { limit: 10 });
      const details = await world.investors.detailsOf(
        db,
        investors.map(({ id }) => id),
      );
      return [...details.values()].map(({ name }) => name);
    });
    expect(names).toEqual(expect.arrayContaining([CANARIES.investorName, CANARIES.chineseName]));
  });

  test.each(Object.entries(CANARIES))(
    'stands nowhere in clear in the database: %s',
    (_, canary) => {
      expect(dumped).not.toContain(canary);
      for (const word of canary.split(' ')) expect(dumped).not.toContain(word);
      expect(dumped).not.toContain(Buffer.from(canary).toString('hex'));
      expect(dumped).not.toContain(Buffer.from(canary).toString('base64').replace(/=+$/, ''));
    },
  );

  test('stands nowhere in the log', () => {
    const logged = world.logged();
    expect(logged).not.toBe('');
    for (const canary of Object.values(CANARIES)) expect(logged).not.toContain(canary);
    expect(logged).not.toContain(encodeURIComponent(CANARIES.investorName));
  });

  test('stands nowhere in the outbox and the audit record', () => {
    expect(dumped).toContain('investor.opened');
    expect(dumped).toContain('party.number-revealed');
  });

  test('a sealed name moved to another row does not open there', async () => {
    await world.test.owner.write(scopeOf(world.rhine), (tx) =>
      tx.execute(
        `UPDATE investors SET name_encrypted =
           (SELECT name_encrypted FROM investors ORDER BY id LIMIT 1)`,
      ),
    );
    await expect(
      world.read(async (db) => {
        const investors = await world.investors.list(db, { limit: 10 });
        return world.investors.detailsOf(
          db,
          investors.map(({ id }) => id),
        );
      }),
    ).rejects.toThrow();
  });
});
