import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { issuerProceedsAccount } from '../../src/modules/ledger';
import { disputeWorld, type Caller, type DisputeWorld } from '../support/dispute-world';
import { INCIDENTS } from '../../src/modules/reporting/packs/incident.queries';
import { COMPLAINTS } from '../../src/modules/reporting/packs/risk-extra.queries';
import { EU_OPERATOR, ISSUER_USER } from '../support/offering-world';

const userId = (n: number): Id<'usr'> => `usr_01${String(n).padStart(24, '0')}`;
const INVESTOR: Caller = [userId(1), 'investor'];
const OTHER: Caller = [userId(2), 'investor'];
const STRANGER: Caller = [userId(3), 'investor'];
const OPERATIONS: Caller = [userId(4), 'operations'];
const COMPLIANCE: Caller = [userId(5), 'compliance'];
const SECOND: Caller = [userId(55), 'compliance'];
const REGULATOR: Caller = [userId(7), 'regulator'];
const ISSUER: Caller = [ISSUER_USER, 'issuer'];

const ABOUT = { subject: { kind: 'other' }, topic: 'fees', text: 'I was charged twice.' };
const eur = (amount: string) => ({ amount, currency: 'EUR' });

let world: DisputeWorld;
let investorId: Id<'inv'>;
let otherId: Id<'inv'>;

beforeAll(async () => {
  world = await disputeWorld();
  investorId = await world.investor('1000.00');
  otherId = await world.investor('500.00');
  world.investors.set(INVESTOR[0], investorId);
  world.investors.set(OTHER[0], otherId);
  world.investors.set(STRANGER[0], await world.investor('1.00'));
}, 60_000);

afterAll(async () => {
  const broken = await world.brokenDisputes();
  await world.end();
  expect(broken).toEqual([]);
});

async function filed(by: Caller = INVESTOR): Promise<string> {
  const { body } = await world.call('post', '/v1/complaints', by).send(ABOUT).expect(201);
  return `/v1/complaints/${body.id}`;
}

/** Answered, against the other investor, with so much of that one's cash held. */
async function contested(amount: string): Promise<string> {
  const at = await filed();
  const respondent = { kind: 'investor', id: otherId };
  await world.call('post', `${at}/respondent`, OPERATIONS).send({ respondent }).expect(200);
  await world.call('post', `${at}/answer`, OPERATIONS).send({ text: 'We looked.' }).expect(200);
  const hold = { side: 'respondent', amount: eur(amount) };
  await world.call('post', `${at}/hold`, OPERATIONS).send(hold).expect(201);
  return at;
}

describe('a complaint', () => {
  test('is filed, acknowledged and answered, each by a time that the law or the operator sets', async () => {
    const at = await filed();
    const { body } = await world.call('get', at, INVESTOR).expect(200);
    // Received on Monday 3 March 2025 in Berlin: ten working days end with the 17th.
    expect(body.deadlines).toMatchObject([
      {
        duty: 'acknowledge',
        dueAt: '2025-03-17T23:00:00.000Z',
        citation: 'Delegated Regulation (EU) 2022/2117, Art. 3(1)',
      },
      { duty: 'answer', dueAt: '2025-04-02T22:00:00.000Z' },
    ]);
    expect(body.redress.zh).toContain('主管机关');
    await world.call('post', `${at}/acknowledge`, OPERATIONS).expect(200);
    await world.call('post', `${at}/answer`, OPERATIONS).send({ text: 'It was once.' }).expect(200);
    const again = await world.call('post', `${at}/acknowledge`, OPERATIONS);
    expect(again.body.code).toBe('disputes.complaint-status');
    const after = await world.call('get', at, INVESTOR);
    expect(after.body.status).toBe('answered');
    expect(after.body.deadlines.every(({ doneAt }: { doneAt?: string }) => doneAt)).toBe(true);
    const { body: messages } = await world.call('get', `${at}/messages`, INVESTOR);
    expect(messages.items).toMatchObject([{ side: 'operator', kind: 'answer', no: 1 }]);
  });

  test('is seen by its sides, by staff and by the regulator, and by nobody else', async () => {
    const at = await filed();
    await world.call('get', at, STRANGER).expect(404);
    await world.call('get', at, OTHER).expect(404);
    await world.call('get', at, REGULATOR).expect(200);
    await world.call('post', `${at}/messages`, REGULATOR).send({ text: 'x' }).expect(403);
    const own = await world.call('get', '/v1/complaints', STRANGER).expect(200);
    expect(own.body.items).toEqual([]);
    const page = await world.call('get', '/v1/complaints?limit=1', COMPLIANCE).expect(200);
    const next = await world.call(
      'get',
      `/v1/complaints?limit=1&after=${page.body.next}`,
      COMPLIANCE,
    );
    expect(next.body.items[0].id < page.body.items[0].id).toBe(true);
  });

  test('carries messages of both sides and sealed evidence', async () => {
    const at = await filed();
    await world
      .call('post', `${at}/messages`, INVESTOR)
      .send({ text: 'See the receipt.' })
      .expect(201);
    const content = Buffer.from('a receipt').toString('base64');
    const upload = { title: 'Receipt', contentType: 'text/plain', content };
    const { body: doc } = await world
      .call('post', `${at}/documents`, INVESTOR)
      .send(upload)
      .expect(201);
    const read = await world
      .call('post', `${at}/documents/${doc.id}/read`, COMPLIANCE)
      .responseType('blob');
    expect(String(read.body)).toBe('a receipt');
    const [row] = await world.read((db) =>
      db.query<{ sealed: string }>('SELECT content_encrypted AS sealed FROM dispute_documents'),
    );
    expect(row?.sealed).toMatch(/^k1\./);
  });

  test('is recorded by staff for whoever came in, and goes to another channel with its history', async () => {
    const complainant = { kind: 'issuer', id: world.issuer.id };
    const body = { ...ABOUT, complainant, channel: 'walk-in' };
    const { body: made } = await world
      .call('post', '/v1/complaints/taken-in', OPERATIONS)
      .send(body)
      .expect(201);
    const at = `/v1/complaints/${made.id}`;
    const early = await world
      .call('post', `${at}/escalate`, ISSUER)
      .send({ channel: 'mediation', note: 'No answer' });
    expect(early.body.code).toBe('disputes.escalation-early');
    await world.call('post', `${at}/answer`, OPERATIONS).send({ text: 'No.' }).expect(200);
    await world
      .call('post', `${at}/escalate`, ISSUER)
      .send({ channel: 'mediation', note: 'Not content' })
      .expect(200);
    await world
      .call('post', `${at}/escalate`, OPERATIONS)
      .send({ channel: 'arbitration', note: 'Case 7/2025' })
      .expect(200);
    const { body: shown } = await world.call('get', at, ISSUER);
    expect(shown).toMatchObject({ status: 'escalated', channel: 'arbitration' });
    expect(shown.steps.at(-1).note).toBe('Case 7/2025');
    const notes = await world.read((db) =>
      db.query<{ sealed: string }>(
        'SELECT note_encrypted AS sealed FROM dispute_steps WHERE note_encrypted IS NOT NULL',
      ),
    );
    expect(notes.every(({ sealed }) => sealed.startsWith('k1.'))).toBe(true);
    expect(shown.steps.map(({ channel }: { channel: string }) => channel)).toEqual([
      'walk-in',
      'walk-in',
      'mediation',
      'arbitration',
    ]);
  });
});

describe('money in dispute', () => {
  test('is held of one side, and paid to the other when two people stand for the outcome', async () => {
    const at = await contested('200.00');
    expect(await world.cash(otherId)).toEqual(['300.00', '200.00']);
    const outcome = { outcome: 'partly-upheld', grounds: 'Award of 3 March', award: eur('120.00') };
    const { body } = await world
      .call('post', `${at}/outcome`, COMPLIANCE)
      .send(outcome)
      .expect(201);
    expect(body).toMatchObject({ no: 1, award: eur('120.00') });
    const own = await world
      .call('post', `${at}/outcome/decide`, COMPLIANCE)
      .send({ verdict: 'confirmed' });
    expect(own.body.code).toBe('disputes.four-eyes');
    const hidden = await world.call('get', at, OTHER).expect(200);
    expect(hidden.body.outcomes).toEqual([]);
    const both = await Promise.all(
      [8, 9].map((n) =>
        world
          .call('post', `${at}/outcome/decide`, [userId(n), 'compliance'])
          .send({ verdict: 'confirmed' }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await world.cash(otherId)).toEqual(['380.00', '0.00']);
    expect(await world.cash(investorId)).toEqual(['1120.00', '0.00']);
    const { body: ended } = await world.call('get', at, OTHER);
    expect(ended).toMatchObject({
      status: 'partly-upheld',
      holds: [{ status: 'captured', captured: eur('120.00') }],
      outcomes: [{ verdict: 'confirmed' }],
    });
  });

  test('is free again when the complaint is rejected, withdrawn, or the hold is lifted', async () => {
    const before = await world.cash(otherId);
    const rejected = await contested('50.00');
    const outcome = { outcome: 'rejected', grounds: 'Nothing was shown' };
    const against = await world
      .call('post', `${rejected}/outcome`, OPERATIONS)
      .send({ ...outcome, award: eur('50.00') });
    expect(against.body.code).toBe('disputes.award-contradicts');
    await world.call('post', `${rejected}/outcome`, OPERATIONS).send(outcome).expect(201);
    await world
      .call('post', `${rejected}/outcome/decide`, COMPLIANCE)
      .send({ verdict: 'confirmed' })
      .expect(200);
    const withdrawn = await contested('50.00');
    await world
      .call('post', `${withdrawn}/withdraw`, INVESTOR)
      .send({ reason: 'Settled' })
      .expect(204);
    const lifted = await contested('50.00');
    const late = { outcome: 'upheld', grounds: 'Shown', award: eur('50.00') };
    await world.call('post', `${lifted}/outcome`, OPERATIONS).send(late).expect(201);
    await world
      .call('post', `${lifted}/hold/release`, COMPLIANCE)
      .send({ reason: 'x' })
      .expect(204);
    // Were money of the other side held now, what was proposed would move it the other way.
    const turned = await world
      .call('post', `${lifted}/hold`, OPERATIONS)
      .send({ side: 'complainant', amount: eur('50.00') });
    expect(turned.body.code).toBe('disputes.outcome-proposed');
    const gone = await world
      .call('post', `${lifted}/outcome/decide`, COMPLIANCE)
      .send({ verdict: 'confirmed' });
    expect(gone.body.code).toBe('disputes.no-hold');
    expect(await world.cash(otherId)).toEqual(before);
  });

  test('is not held beyond what there is, nor twice, nor against the operator itself', async () => {
    const at = await filed();
    const hold = { side: 'complainant', amount: eur('10.00') };
    const alone = await world.call('post', `${at}/hold`, OPERATIONS).send(hold);
    expect(alone.body.code).toBe('disputes.no-other-side');
    const against = await contested('10.00');
    const twice = await world.call('post', `${against}/hold`, OPERATIONS).send(hold);
    expect(twice.body.code).toBe('disputes.hold-placed');
    const toIssuer = await filed();
    const respondent = { kind: 'issuer', id: world.issuer.id };
    await world.call('post', `${toIssuer}/respondent`, OPERATIONS).send({ respondent }).expect(200);
    const poor = await world
      .call('post', `${toIssuer}/hold`, OPERATIONS)
      .send({ side: 'complainant', amount: eur('99999.00') });
    expect(poor.body.code).toBe('ledger.insufficient-funds');
    await world.call('post', `${toIssuer}/hold`, OPERATIONS).send(hold).expect(201);
    const away = await world.call('post', `${toIssuer}/withdraw`, INVESTOR).send({ reason: 'x' });
    expect(away.body.code).toBe('disputes.held-for-respondent');
    await world.call('post', `${toIssuer}/acknowledge`, OPERATIONS).expect(200);
    const outcome = { outcome: 'settled', grounds: 'Both agreed', award: eur('10.00') };
    await world.call('post', `${toIssuer}/outcome`, OPERATIONS).send(outcome).expect(201);
    await world
      .call('post', `${toIssuer}/outcome/decide`, COMPLIANCE)
      .send({ verdict: 'confirmed' })
      .expect(200);
    expect(await world.balance(issuerProceedsAccount(world.issuer.id, 'EUR'))).toBe('10.00');
  });
});

test.each([
  ['dispute_complaints', `status = 'received', ended_at = NULL`, 'has ended'],
  ['dispute_holds', `status = 'placed', ended_at = NULL`, 'has ended'],
  ['dispute_outcomes', `verdict = 'refused'`, 'has ended'],
  ['dispute_outcomes', 'award_minor = 1', 'permission denied'],
  ['dispute_holds', 'amount_minor = 1', 'permission denied'],
])('the database does not let %s be set to %s', async (table, change, refusal) => {
  const ended = table === 'dispute_outcomes' ? 'decided_at' : 'ended_at';
  const update = world.write((tx) =>
    tx.execute(`UPDATE ${table} SET ${change} WHERE ${ended} IS NOT NULL`),
  );
  await expect(update).rejects.toThrow(refusal);
});

test('a deadline that passes is flagged once, told of, and lets the complainant go elsewhere', async () => {
  const at = await filed();
  const id = at.split('/').at(-1);
  world.clock.advance(40 * DAY_MS);
  await world.write((tx) => world.complaints.flagMissed(tx));
  const again = await world.write((tx) => world.complaints.flagMissed(tx));
  expect(again.flagged).toBe(0);
  const told = await world.events('dispute.deadline-missed');
  expect(told.filter(({ subject }) => subject === id)).toHaveLength(2);
  const late = await world.call('get', '/v1/complaints?late=true', COMPLIANCE).expect(200);
  expect(late.body.items.map((item: { id: string }) => item.id)).toContain(id);
  await world
    .call('post', `${at}/escalate`, INVESTOR)
    .send({ channel: 'litigation', note: 'No answer' })
    .expect(200);
});

describe('a security incident', () => {
  const incident = {
    kind: 'data-leak',
    severity: 'minor',
    affectedUsers: 12,
    dataAffected: ['contact'],
    description: 'A list was sent to the wrong address.',
  };
  const noticed = () => ({
    ...incident,
    noticedAt: new Date(world.clock.now().getTime() - DAY_MS).toISOString(),
  });

  test('says whom to tell by when, more as it is judged worse, and who was told', async () => {
    await world.call('post', '/v1/security-incidents', OPERATIONS).send(noticed()).expect(403);
    const { body: made } = await world
      .call('post', '/v1/security-incidents', COMPLIANCE)
      .send(noticed())
      .expect(201);
    const at = `/v1/security-incidents/${made.id}`;
    const { body: first } = await world.call('get', at, REGULATOR).expect(200);
    expect(first.duties).toMatchObject([
      { duty: 'data-protection-authority', citation: 'Regulation (EU) 2016/679, Art. 33(1)' },
    ]);
    const judged = {
      severity: 'major',
      affectedUsers: 900,
      dataAffected: ['contact'],
      note: 'More',
    };
    await world.call('post', `${at}/judge`, COMPLIANCE).send(judged).expect(200);
    await world
      .call('post', `${at}/notifications`, COMPLIANCE)
      .send({
        duty: 'data-protection-authority',
        recipient: 'The commissioner',
        reference: 'DSB-2025-17',
        sentAt: world.clock.now().toISOString(),
      })
      .expect(201);
    const waive = (by: Caller) =>
      world
        .call('post', `${at}/duties/data-subjects/waive`, by)
        .send({ because: 'The list was deleted unread.' });
    expect((await waive(COMPLIANCE).expect(403)).body.code).toBe('incidents.four-eyes');
    await waive(SECOND).expect(204);
    expect((await waive(SECOND).expect(409)).body.code).toBe('incidents.duty-done');
    world.clock.advance(DAY_MS);
    const { flagged } = await world.write((tx) => world.incidents.flagMissed(tx));
    expect(flagged).toBe(2);
    expect(await world.events('incident.deadline-missed')).toHaveLength(2);
    // The authority was told in time, which is written down only now: nothing was missed by that.
    await world
      .call('post', `${at}/notifications`, COMPLIANCE)
      .send({
        duty: 'dora-latest',
        recipient: 'The authority',
        reference: 'CA-3',
        sentAt: new Date(Date.parse(made.noticedAt) + 3_600_000).toISOString(),
      })
      .expect(201);
    const resolved = { status: 'resolved', note: 'Over' };
    await world.call('post', `${at}/status`, COMPLIANCE).send(resolved).expect(200);
    const { body: shown } = await world.call('get', at, REGULATOR);
    expect(
      shown.duties.map((owed: { duty: string; missedAt?: string }) => [owed.duty, !!owed.missedAt]),
    ).toEqual([
      ['dora-latest', false],
      ['dora-initial', true],
      ['data-protection-authority', false],
      ['data-subjects', false],
      ['dora-intermediate', false],
      ['dora-final', false],
    ]);
    expect(shown.steps).toHaveLength(3);
  });

  test('is not noticed tomorrow', async () => {
    const noticedAt = new Date(world.clock.now().getTime() + DAY_MS).toISOString();
    const reply = await world
      .call('post', '/v1/security-incidents', COMPLIANCE)
      .send({ ...incident, noticedAt });
    expect(reply.body.code).toBe('incidents.in-the-future');
  });
});

test('reports count complaints and incidents as they stood at the end of a period', async () => {
  const bindings = {
    operatorId: EU_OPERATOR,
    startsAt: new Date('2025-03-01T00:00:00Z'),
    endsAt: new Date('2025-04-01T00:00:00Z'),
    knownAt: new Date('2025-04-01T04:00:00Z'),
  };
  const rows = await world.read((db) =>
    db.query<{ status: string; is_new: string }>(COMPLAINTS.sql, bindings),
  );
  const withStatus = (status: string) => rows.filter((row) => row.status === status).length;
  expect([withStatus('partly-upheld'), withStatus('withdrawn')]).toEqual([1, 1]);
  expect(rows.every((row) => row.is_new === 'yes')).toBe(true);
  // The incident was recorded in April, and counts in the months after its period alone.
  const incidentsOf = (from: string, to: string) =>
    world.read((db) =>
      db.query(INCIDENTS.sql, {
        ...bindings,
        startsAt: new Date(from),
        endsAt: new Date(to),
        knownAt: new Date(to),
      }),
    );
  expect(await incidentsOf('2025-03-01T00:00:00Z', '2025-04-01T00:00:00Z')).toEqual([]);
  expect(await incidentsOf('2025-04-01T00:00:00Z', '2025-05-01T00:00:00Z')).toMatchObject([
    { severity: 'major', status: 'resolved', is_new: 'yes', missed: 1n },
  ]);
});
