import type { Id } from '../../src/kernel/id';
import type { Money } from '../../src/kernel/money';
import { readSigned } from '../../src/platform/auth';
import { eur, lastTransfer } from '../support/payment-world';
import {
  reconciliationWorld,
  type Caller,
  type ReconciliationWorld,
} from '../support/reconciliation-world';

const userId = (n: number): Id<'usr'> => `usr_01${String(n).padStart(24, '0')}`;
const OPERATIONS: Caller = [userId(1), 'operations'];
const COMPLIANCE: Caller = [userId(2), 'compliance'];
const REGULATOR: Caller = [userId(3), 'regulator'];

let world: ReconciliationWorld;

beforeAll(async () => {
  world = await reconciliationWorld();
}, 60_000);

afterAll(() => world.close());

const call = (method: 'get' | 'post' | 'put', path: string, as: Caller = OPERATIONS) =>
  world.call(method, path, as);

/** What the sandbox bank sends of a day. */
async function statementOf(day: string): Promise<string> {
  const { text } = await call('get', `/v1/sandbox/bank-statements/${day}`).buffer(true).expect(200);
  return text;
}

const take = (content: string) =>
  call('post', '/v1/bank-statements').send({ format: 'camt.053', content });

const day = async (on: string) =>
  (await call('get', `/v1/reconciliations/${on}`, REGULATOR).expect(200)).body;

const breaks = async (query = 'status=open') =>
  (await call('get', `/v1/reconciliation-breaks?${query}`).expect(200)).body.items;

/** The statement with entries left out, changed or put in; its closing balance follows. */
function tampered(xml: string, change: (entries: readonly string[]) => readonly string[]): string {
  const entries = xml.match(/^ *<Ntry>[^]*?<\/Ntry>\n/gm) ?? [];
  const changed = change(entries);
  const opening = balanceOf(xml, 'OPBD');
  const closing = changed.reduce((sum, entry) => sum.plus(amountOf(entry)), opening);
  const without = entries.reduce((text, entry) => text.replace(entry, ''), xml);
  return without
    .replace(/(CLBD[^]*?<Amt Ccy="EUR">)[^<]*/, `$1${closing.toDecimalString()}`)
    .replace('    </Stmt>', `${changed.join('')}    </Stmt>`);
}

function balanceOf(xml: string, code: string): Money {
  return amountOf(xml.slice(xml.indexOf(`<Cd>${code}</Cd>`)));
}

function amountOf(entry: string): Money {
  const amount = eur(/<Amt Ccy="EUR">([^<]*)/.exec(entry)?.[1] ?? '');
  return /<CdtDbtInd>(\w+)/.exec(entry)?.[1] === 'DBIT' ? amount.negated() : amount;
}

const entry = (amount: string, ref: string, side = 'CRDT', on = '2025-03-12'): string =>
  `      <Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>${on}</Dt></BookgDt><AcctSvcrRef>${ref}</AcctSvcrRef></Ntry>\n`;

/** A break resolved past every service, as somebody would who has the application's database user. */
const resolvedAs = (resolution: string, id: string) =>
  world.write((tx) =>
    tx.execute(
      `UPDATE reconciliation_breaks SET status = 'resolved', resolution = :resolution,
         resolved_by = 'usr_x', resolved_at = opened_at WHERE id = :id`,
      { id, resolution },
    ),
  );

// Buyer's check 20, as a script: each test goes on where the one before ended.
describe('bank reconciliation', () => {
  test('of a day on which nothing is amiss goes from deposits to a signed proof that verifies offline', async () => {
    const investor = await world.investor(eur('1000.00'));
    await world.investor(eur('250.50'));
    const account = await world.bankAccount(investor);
    await world.withdraw(investor, eur('100.00'), account);
    await world.later(0);
    await world.later(3 * 3_600_000);
    const early = await call('get', '/v1/sandbox/bank-statements/2025-03-10').expect(422);
    expect(early.body.code).toBe('reconciliation.day-not-over');
    await world.until('2025-03-11T06:00:00Z');
    expect(await day('2025-03-10')).toMatchObject({ status: 'due', version: 1 });
    const missing = await call('post', '/v1/reconciliations/2025-03-10/prepare').expect(409);
    expect(missing.body.code).toBe('reconciliation.statement-missing');

    const file = await statementOf('2025-03-10');
    const { body: taken } = await take(file).expect(201);
    expect(taken).toMatchObject({ lineCount: 3, matched: 3, closing: { amount: '1150.50' } });
    const { body: again } = await take(file).expect(200);
    expect(again).toMatchObject({ id: taken.id, matched: 0 });

    expect(await day('2025-03-10')).toMatchObject({
      status: 'draft',
      breakCount: 0,
      content: {
        bankBalance: { amount: '1150.50' },
        ledgerBalance: { amount: '1150.50' },
        owedToClients: { amount: '1150.50' },
        difference: { amount: '0.00' },
        isCovered: true,
      },
    });
    const at = '/v1/reconciliations/2025-03-10';
    await call('post', `${at}/prepare`).expect(200);
    const own = await call('post', `${at}/sign`, [OPERATIONS[0], 'compliance']).expect(403);
    expect(own.body.code).toBe('reconciliation.four-eyes');
    await call('post', `${at}/sign`, COMPLIANCE).expect(200);
    const { text: jws } = await call('get', `${at}/signed.jws`, REGULATOR).buffer(true).expect(200);
    const signed = readSigned(jws, [world.publicKey]);
    expect(signed).toMatchObject({
      day: '2025-03-10',
      statement: { sha256: taken.contentSha256 },
      preparedBy: OPERATIONS[0],
      signedBy: COMPLIANCE[0],
    });
    const late = await call('post', `${at}/prepare`).expect(409);
    expect(late.body.code).toBe('reconciliation.day-status');
  });

  test('refuses a statement that does not follow, does not add up or tells of a line twice, whole', async () => {
    await world.investor(eur('300.00'));
    await world.until('2025-03-12T06:00:00Z');
    const file = await statementOf('2025-03-11');
    const refusals = [
      [file.replace(/(OPBD[^]*?<Amt Ccy="EUR">)[^<]*/, '$11.00'), 'statement-unbalanced'],
      [
        tampered(file.replace(/(OPBD[^]*?<Amt Ccy="EUR">)[^<]*/, '$11.00'), (all) => all),
        'statement-gap',
      ],
      [tampered(file, (all) => [...all, ...all]), 'statement-lines'],
      [file.replaceAll('2025-03-11', '2025-03-13'), 'day-not-over'],
      [file.replaceAll('EUR', 'USD'), 'statement-account'],
    ] as const;
    for (const [content, slug] of refusals) {
      const { body } = await take(content);
      expect(body.code).toBe(`reconciliation.${slug}`);
    }
    const { body: kept } = await call('get', '/v1/bank-statements').expect(200);
    expect(kept.items).toHaveLength(1);
  });

  test('lists as breaks what is missing, what is foreign and what has another amount, and explains all', async () => {
    // Of 300.00 the bank has 299.00, and a charge of 2.50 is in no books.
    const file = tampered(await statementOf('2025-03-11'), (all) => [
      ...all.map((each) => each.replace('300.00', '299.00')),
      entry('2.50', 'CHARGE-1', 'DBIT', '2025-03-11'),
    ]);
    await take(file).expect(201);
    const found = await day('2025-03-11');
    expect(found).toMatchObject({ status: 'draft', breakCount: 2 });
    expect(found.content).toMatchObject({
      bankBalance: { amount: '1447.00' },
      ledgerBalance: { amount: '1450.50' },
      difference: { amount: '-3.50' },
      explained: { amount: '-3.50' },
      unexplained: { amount: '0.00' },
      surplus: { amount: '-3.50' },
      isCovered: false,
    });

    // On the next day a deposit of the books is missing, and somebody's 77.00 came in by itself.
    await world.investor(eur('40.00'));
    await world.until('2025-03-13T06:00:00Z');
    const next = tampered(
      (await statementOf('2025-03-12')).replace(/(OPBD[^]*?<Amt Ccy="EUR">)[^<]*/, '$11447.00'),
      () => [entry('77.00', 'FOREIGN-1')],
    );
    await take(next).expect(201);
    expect(await breaks()).toMatchObject([
      { kind: 'line-without-posting', amount: { amount: '-2.50' }, sinceOn: '2025-03-11' },
      { kind: 'amount-differs', amount: { amount: '-1.00' }, sinceOn: '2025-03-11' },
      { kind: 'line-without-posting', amount: { amount: '77.00' } },
      { kind: 'posting-without-line', amount: { amount: '-40.00' } },
    ]);
    const { content } = await day('2025-03-12');
    expect(content).toMatchObject({
      difference: { amount: '33.50' },
      unexplained: { amount: '0.00' },
    });
    expect(content.differences).toMatchObject([
      { ageDays: 1, ageWorkingDays: 1, bucket: '0-1' },
      { ageDays: 1 },
      { ageDays: 0 },
      { ageDays: 0 },
    ]);
  });

  test('lets no day be put forward whose breaks nobody answers for', async () => {
    const at = '/v1/reconciliations/2025-03-11';
    const silent = await call('post', `${at}/prepare`).expect(422);
    expect(silent.body.code).toBe('reconciliation.breaks-unexplained');
    for (const { id } of await breaks()) {
      const explanation = { owner: 'treasury', note: 'Asked the bank on 13 March.' };
      const path = `/v1/reconciliation-breaks/${id}/explanation`;
      await call('put', path).send(explanation).expect(200);
    }
    await call('post', `${at}/prepare`).expect(200);
    await call('post', `${at}/sign`, COMPLIANCE).expect(200);
    expect(await breaks('status=open&owner=treasury')).toHaveLength(4);
  });

  test('puts money that came and was in no books in suspense, when two persons say so', async () => {
    const [, , foreign, absent] = await breaks();
    const at = `/v1/reconciliation-breaks/${foreign.id}`;
    const reason = 'No payer is known.';
    const wrong = await call('post', `/v1/reconciliation-breaks/${absent.id}/propose`)
      .send({ to: 'suspense', reason })
      .expect(422);
    expect(wrong.body.code).toBe('reconciliation.not-for-suspense');
    const gain = await call('post', `${at}/propose`).send({ to: 'own-funds', reason }).expect(422);
    expect(gain.body.code).toBe('reconciliation.not-for-own-funds');
    await call('post', `${at}/propose`).send({ to: 'suspense', reason }).expect(200);
    const alone = await call('post', `${at}/confirm`).expect(403);
    expect(alone.body.code).toBe('reconciliation.four-eyes');
    await call('post', `${at}/decline`).expect(200);
    await call('post', `${at}/propose`).send({ to: 'suspense', reason }).expect(200);
    const { body: settled } = await call('post', `${at}/confirm`, COMPLIANCE).expect(200);
    expect(settled).toMatchObject({ status: 'resolved', resolution: 'suspense' });
    expect(await lastTransfer(world)).toMatchObject({
      status: 'suspense',
      custodianRef: 'FOREIGN-1',
      amount: eur('77.00'),
    });
    expect(await breaks()).toHaveLength(3);
  });

  test('writes a difference off to the operator’s own funds, never to those of clients', async () => {
    const [charge, differing] = await breaks();
    const propose = (id: string) =>
      call('post', `/v1/reconciliation-breaks/${id}/propose`).send({
        to: 'own-funds',
        reason: 'A charge of the bank.',
      });
    const confirm = (id: string) =>
      call('post', `/v1/reconciliation-breaks/${id}/confirm`, COMPLIANCE);
    await propose(charge.id).expect(200);
    const poor = await confirm(charge.id).expect(422);
    expect(poor.body.code).toBe('reconciliation.own-funds-short');

    await world.earn(eur('10.00'));
    await confirm(charge.id).expect(200);
    await propose(differing.id).expect(200);
    await confirm(differing.id).expect(200);
    expect(await breaks()).toMatchObject([{ kind: 'posting-without-line' }]);
    expect(await world.costs()).toEqual(eur('3.50'));
  });

  test('puts what the bank has more in suspense too, once, and keeps what was settled', async () => {
    const investor = await world.investor(eur('20.00'));
    await world.withdraw(investor, eur('10.00'), await world.bankAccount(investor));
    await world.later(0);
    await world.later(3 * 3_600_000);
    await world.until('2025-03-14T06:00:00Z');
    // Of 20.00 paid in the bank has 25.00, and 10.00 booked as paid out never left it.
    const next = tampered(
      (await statementOf('2025-03-13')).replace(/(OPBD[^]*?<Amt Ccy="EUR">)[^<]*/, '$11524.00'),
      (all) => [
        ...all.flatMap((each) => (each.includes('DBIT') ? [] : each.replace('20.00', '25.00'))),
        entry('40.00', 'LATE-1', 'CRDT', '2025-03-13'),
      ],
    );
    await take(next).expect(201);
    const open: readonly { id: string; amount: { amount: string } }[] = await breaks();
    const more = open.filter(({ amount }) => ['5.00', '10.00'].includes(amount.amount));
    expect(more).toMatchObject([{ kind: 'posting-without-line' }, { kind: 'amount-differs' }]);
    for (const { id, amount } of more) {
      const at = `/v1/reconciliation-breaks/${id}`;
      const settlement = { to: 'suspense', reason: 'Whose it is will be asked.' };
      await call('post', `${at}/propose`).send(settlement).expect(200);
      await expect(resolvedAs('own-funds', id)).rejects.toThrow('reconciliation_breaks_cost_only');
      const both = await Promise.all(
        [userId(2), userId(4)].map((second) =>
          call('post', `${at}/confirm`, [second, 'compliance']),
        ),
      );
      expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect(await lastTransfer(world)).toMatchObject({
        status: 'suspense',
        amount: eur(amount.amount),
      });
      await expect(resolvedAs('matched', id)).rejects.toThrow('has ended');
    }
    expect(await breaks()).toHaveLength(2);
    const [absent] = await breaks('kind=posting-without-line&status=open');
    await expect(resolvedAs('suspense', absent.id)).rejects.toThrow(
      'reconciliation_breaks_suspense_more',
    );
  });

  test('matches by hand what no rule finds, and takes it apart again, with a reason', async () => {
    const [absent, late] = await breaks();
    const order = {
      lines: [late.lineNo],
      postings: [absent.accountSeq],
      reason: 'The bank’s slip.',
    };
    const { body: match } = await call('post', '/v1/bank-matches').send(order).expect(201);
    expect(await breaks()).toEqual([]);
    const twice = await call('post', '/v1/bank-matches').send(order).expect(409);
    expect(twice.body.code).toBe('reconciliation.item-not-open');
    const undo = `/v1/bank-matches/${match.id}/undo`;
    await call('post', undo).send({ reason: 'Another payer.' }).expect(204);
    await call('post', undo).send({ reason: 'Another payer.' }).expect(404);
    expect(await breaks()).toHaveLength(2);
    await call('post', '/v1/bank-matches').send(order).expect(201);
    // What came a day late was a break at the end of the 12th, and is a matter of days by now.
    await call('post', '/v1/reconciliations/2025-03-12/prepare').expect(200);
    const { content } = await day('2025-03-12');
    expect(new Set(content.differences.map(({ kind }: { kind: string }) => kind))).toEqual(
      new Set(['timing']),
    );
    expect(content.unexplained.amount).toBe('0.00');
  });

  test('opens a signed day again as a new version, and keeps the signed one', async () => {
    const at = '/v1/reconciliations/2025-03-11';
    const { body: opened } = await call('post', `${at}/reopen`, COMPLIANCE)
      .send({ reason: 'The bank explained its charge.' })
      .expect(201);
    expect(opened).toMatchObject({
      version: 2,
      status: 'draft',
      breakCount: 0,
      reopenedBecause: 'The bank explained its charge.',
      // What the books said at the end of the 11th, though much was posted since.
      content: { ledgerBalance: { amount: '1450.50' }, owedToClients: { amount: '1450.50' } },
    });
    const first = await call('get', `${at}?version=1`, REGULATOR).expect(200);
    expect(first.body).toMatchObject({ status: 'signed', breakCount: 2 });
    const change = world.write((tx) =>
      tx.execute(`UPDATE reconciliation_days SET due_at = due_at WHERE status = 'signed'`),
    );
    await expect(change).rejects.toThrow('signed');
  });

  test('tells of a day that was not signed in time, and lists the days page by page', async () => {
    await world.until('2025-03-18T06:00:00Z');
    expect(await world.events('reconciliation.deadline-missed')).toMatchObject([
      { subject: '2025-03-11' },
      { subject: '2025-03-12' },
      { subject: '2025-03-13' },
      { subject: '2025-03-11' },
      { subject: '2025-03-14' },
    ]);
    const page = async (
      after = '',
    ): Promise<{ items: { day: string; version: number }[]; next?: string }> =>
      (await call('get', `/v1/reconciliations?limit=4${after}`).expect(200)).body;
    const first = await page();
    const second = await page(`&after=${first.next}`);
    expect([...first.items, ...second.items].map((each) => `${each.day}.${each.version}`)).toEqual([
      '2025-03-17.1',
      '2025-03-14.1',
      '2025-03-13.1',
      '2025-03-12.1',
      '2025-03-11.2',
      '2025-03-11.1',
      '2025-03-10.1',
    ]);
    expect(second.next).toBeUndefined();
  });

  test('leaves books that add up; only the sandbox bank never had what the statements were told to say', async () => {
    expect(await world.brokenNow()).toEqual(['payments.sandbox-bank-agrees']);
  });
});
