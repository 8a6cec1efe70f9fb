import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_PASSWORD } from '../../src/app/personas';
import { addDays, type CalendarDate } from '../../src/kernel/calendar-date';
import { readZip } from '../../src/platform/documents';
import { verifyPack } from '../../src/modules/reporting';
import { applyForLoan, openBorrower } from '../../seeds/lending';
import { HUDSON, WESER } from '../../seeds/operators';
import { liveThroughDay, runLoan, sendTransfer } from '../../seeds/servicing';
import type { House } from '../../seeds/world';
import { logIn, logInAs, type ApiClient } from '../support/api-client';
import { testWorld, type TestWorld } from '../support/world';

const EMAIL = 'ada@authority.example';
const DAILY = 'platform-risk-daily';
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const OPERATOR = `/v1/supervision/operators/${WESER.code}`;

/** What a buyer checks before buying, on supervision: over HTTP alone; time moves between. */
describe('the checks of a buyer: supervision', () => {
  let test: TestWorld;
  let house: House;
  let ada: ApiClient;
  let compliance: ApiClient;
  let operations: ApiClient;
  let second: ApiClient;
  let secondId: string;
  let reference: string;
  let due: CalendarDate;

  beforeAll(async () => {
    test = await testWorld('2026-03-02T10:00:00Z');
    const { world } = test;
    house = await world.operator(WESER);
    const outside = await world.operator(HUDSON);
    await world.user(outside, 'platform', ['platform']);
    ({ userId: secondId } = await world.user(house, 'second.operations', ['operations']));
    await lend();
    // The night has passed by itself.
    await world.moveTo(`${addDays(due, 1)}T07:00:00Z`);
    const { http } = world.app;
    compliance = await logIn(http, house, 'compliance');
    operations = await logIn(http, house, 'operations');
    second = await logIn(http, house, 'second.operations');
    const platform = await logIn(http, outside, 'platform');
    const authority = { name: 'Authority of Markets', jurisdiction: 'DE' };
    const registered = await platform.post('/v1/supervision/authorities', authority).expect(201);
    const supervisors = `/v1/supervision/authorities/${registered.body.id}/supervisors`;
    const remit = { jurisdictions: ['DE'], lines: ['lending'], expiresAt: '2027-01-01T00:00:00Z' };
    const login = { email: EMAIL, password: SANDBOX_PASSWORD };
    await platform.post(supervisors, { ...login, ...remit }).expect(201);
    ada = await logInAs(http, { email: EMAIL });
  }, 120_000);

  afterAll(async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    await test.end();
    expect(broken).toEqual([]);
  });

  /** A loan whose first instalment is sent without its reference. */
  async function lend(): Promise<void> {
    const { world } = test;
    await house.write(house.staff.compliance, (tx) =>
      world.services.listing.setPolicy(tx, { reviewedBy: 'credit-decision', note: 'Explained.' }),
    );
    for (let n = 0; n < 8; n += 1) await house.investor();
    const lender = await house.investor({ tier: 'sophisticated', cash: '9000.00' });
    const borrower = await openBorrower(house);
    const { offeringId } = await applyForLoan(house, borrower, {
      amount: '5000.00',
      months: 12,
      purpose: 'home-improvement',
      project: 'A roof.',
      monthlyIncome: '5200.00',
    });
    const parts = [{ lender, amount: '5000.00' }];
    const loan = await runLoan(house, offeringId as never, { borrower, parts });
    ({ reference } = loan);
    due = loan.nextDueOn as CalendarDate;
    await world.moveTo(`${addDays(due, -1)}T20:00:00Z`);
    await world.beginNights();
    await world.moveTo(`${due}T08:00:00Z`);
    await sendTransfer(house, house.money('500.00'), { reference: 'roof', from: borrower.name });
    await liveThroughDay(house, due);
  }

  /** The daily report of the day on which the money came. */
  async function daily(): Promise<{ id: string; state: string; needsRestatementAt?: string }> {
    const { body } = await compliance.get(`/v1/reports?template=${DAILY}`).expect(200);
    return body.items.findLast(({ from }: { from: string }) => from === due);
  }

  const packOf = async (id: string) => {
    const path = `${OPERATOR}/reports/${id}/files/pack.zip`;
    const { body } = await ada.get(path).responseType('blob').expect(200);
    return readZip(body as Buffer);
  };

  describe('19. a double-entry ledger with an integrity page', () => {
    it('balances every entry to zero', async () => {
      const { body } = await compliance.get('/v1/ledger/entries?limit=100').expect(200);
      expect(body.items.length).toBeGreaterThan(5);
      for (const { postings } of body.items) {
        const cents = postings.map(({ amount }: { amount: { amount: string } }) =>
          Math.round(Number(amount.amount) * 100),
        );
        expect(cents.reduce((sum: number, each: number) => sum + each, 0)).toBe(0);
      }
    });

    it('checks itself when asked, and says what it checked', async () => {
      const { body } = await compliance.get('/v1/ledger/integrity').expect(200);
      expect(body.isSound).toBe(true);
      const ids = body.checks.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(
        expect.arrayContaining(['ledger.entries-balance', 'ledger.custodian-covers-clients']),
      );
    });

    it('lets nobody change an entry', async () => {
      const { body } = await compliance.get('/v1/ledger/entries?limit=1').expect(200);
      const path = `/v1/ledger/entries/${body.items[0].entryNo}`;
      await operations.put(path, { description: 'Nothing happened.' }).expect(405);
    });
  });

  describe('22. a regulator pack on a cron, restatements, a log-in that only reads', () => {
    it('made the reports of the day and of the month while nobody asked', async () => {
      const { body } = await ada.get(`${OPERATOR}/reports?limit=50`).expect(200);
      const published = body.items.filter(({ state }: { state: string }) => state === 'published');
      expect(published.map(({ template }: { template: string }) => template)).toEqual(
        expect.arrayContaining([DAILY, 'platform-risk-monthly', 'public-disclosure']),
      );
    });

    it('signed them, so that no byte can change, and computes them to the same bytes', async () => {
      const { id } = await daily();
      const entries = await packOf(id);
      expect(verifyPack(entries).wrong).toEqual([]);
      const again = await ada.get(`${OPERATOR}/reports/${id}/reproduction`).expect(200);
      expect(again.body.isEqual).toBe(true);
    });

    it('shows a figure down to its rows', async () => {
      const { id } = await daily();
      const path = `${OPERATOR}/reports/${id}/figures/client-money-held/drill-down`;
      const { body } = await ada.get(path).expect(200);
      expect(body.items.length).toBeGreaterThan(0);
    });

    it('lets the supervisor change nothing, and see nobody else', async () => {
      for (const path of ['/v1/reports', '/v1/bank-transfers', '/v1/ledger/entries']) {
        await ada.get(path).expect(403);
      }
      const { id } = await daily();
      await ada.post(`/v1/reports/${id}/restate`, { reason: 'Because' }).expect(403);
      const { body } = await ada.get(`/v1/supervision/operators/${HUDSON.code}`).expect(404);
      expect(body.code).toBe('supervision.operator-not-found');
      const reads = await ada.get('/v1/supervision/reads?limit=1').expect(200);
      expect(reads.body.items).toMatchObject([{ outcome: 'supervision.operator-not-found' }]);
    });
  });

  describe('24. a trail that cannot be altered unseen, and four eyes', () => {
    let transfer: string;

    it('has a second person confirm whose money is', async () => {
      const { body } = await operations.get('/v1/bank-transfers?status=suspense').expect(200);
      transfer = body.items[0].id;
      const path = `/v1/bank-transfers/${transfer}`;
      const proposal = { reference, note: 'The borrower telephoned.' };
      await operations.post(`${path}/propose`, proposal).expect(200);
      const alone = await operations.post(`${path}/confirm`).expect(403);
      expect(alone.body.code).toBe('payments.four-eyes');
      await second.post(`${path}/confirm`).expect(200);
      await test.world.tick();
    });

    it('shows who proposed it and who confirmed it', async () => {
      const { body } = await compliance.get(`/v1/audit/records?subject=${transfer}`).expect(200);
      const by = (action: string) =>
        body.items.find((each: { action: string }) => each.action === action)?.actorId;
      expect(by('transfer.proposed')).toBe(house.staff.operations.userId);
      expect(by('transfer.assigned')).toBe(secondId);
    });

    it('proves each record by a checkpoint that everybody can keep', async () => {
      await test.world.moveTo(`${addDays(due, 1)}T09:00:00Z`);
      const { body: trail } = await compliance.get(`/v1/audit/records?subject=${transfer}`);
      const { body: latest } = await compliance.get(
        `/v1/audit/checkpoints/latest?operator=${WESER.code}`,
      );
      for (const { seq, hash } of trail.items) {
        const { body } = await compliance.get(`/v1/audit/records/${seq}/proof`).expect(200);
        expect(body.record.hash).toBe(hash);
        expect(body.checkpoint.rootHash).toBe(latest.rootHash);
        expect(rootOf(body)).toBe(latest.rootHash);
        expect(rootOf({ ...body, leafHash: sha256('another') })).not.toBe(latest.rootHash);
      }
    });
  });

  describe('22. … and its restatement trail', () => {
    it('marks what came late, and restates it field by field; both stay', async () => {
      await test.world.moveTo(`${addDays(due, 2)}T07:00:00Z`);
      const before = await daily();
      expect(before.needsRestatementAt).toBeDefined();
      const order = { reason: 'A transfer without a reference was found' };
      const { body: restated } = await compliance
        .post(`/v1/reports/${before.id}/restate`, order)
        .expect(201);
      const changes = `${OPERATOR}/reports/${restated.id}/files/changes.json`;
      const { body } = await ada.get(changes).responseType('blob').expect(200);
      const fields = JSON.parse((body as Buffer).toString()) as { field: string; before: null }[];
      expect(fields).toContainEqual(
        expect.objectContaining({
          field: 'figures/received/{"currency":"EUR"}/value',
          before: null,
        }),
      );
      expect(verifyPack(await packOf(before.id)).wrong).toEqual([]);
      const old = await ada.get(`${OPERATOR}/reports/${before.id}`).expect(200);
      expect(old.body.filing).toBe('superseded');
      const path = `${OPERATOR}/reports/${restated.id}/acknowledgement`;
      const { body: filing } = await ada.post(path).expect(200);
      expect(filing.filing).toBe('acknowledged');
    });
  });

  describe('23. an inspection draw that can be computed again, with evidence', () => {
    const nonce = randomBytes(16).toString('hex');
    let at: string;

    it('is drawn from a report that was made after the commitment', async () => {
      const { body } = await ada
        .post(`${OPERATOR}/inspections`, {
          commitment: sha256(nonce),
          template: DAILY,
          figure: 'loans-outstanding',
          detectionRate: '0.2',
          confidence: '0.9',
          roster: ['An', 'Bo', 'Chi'],
          inspectors: 2,
        })
        .expect(201);
      at = `${OPERATOR}/inspections/${body.id}`;
      const early = await ada.post(`${at}/draw`, { nonce }).expect(409);
      expect(early.body.code).toBe('supervision.no-report-yet');
      await test.world.moveTo(`${addDays(due, 3)}T07:00:00Z`);
      const drawn = await ada.post(`${at}/draw`, { nonce }).expect(201);
      expect(drawn.body.drawn).toHaveLength(1);
    });

    it('is computed again by a script that shares nothing with the program', async () => {
      const { text } = await ada.get(`${at}/proof`).expect(200);
      const folder = mkdtempSync(join(tmpdir(), 'draw-'));
      const file = join(folder, 'draw.json');
      writeFileSync(file, text);
      const { status } = spawnSync(process.execPath, ['test/recompute/draw.mjs', file]);
      writeFileSync(file, text.replace(/"seed":"./, '"seed":"x'));
      const forged = spawnSync(process.execPath, ['test/recompute/draw.mjs', file]);
      rmSync(folder, { recursive: true });
      expect([status, forged.status]).toEqual([0, 1]);
    });

    it('comes with evidence of each case, signed', async () => {
      const path = `${at}/cases/1/evidence.zip`;
      const { body } = await ada.get(path).responseType('blob').expect(200);
      const entries = readZip(body as Buffer);
      expect(verifyPack(entries).wrong).toEqual([]);
      const read = (name: string) =>
        JSON.parse(entries.find((entry) => entry.name === name)?.bytes.toString() ?? 'null');
      const { key, inspector } = read('case.json');
      expect(['An', 'Bo', 'Chi']).toContain(inspector);
      const [loanId] = key.match(/lon_\w{26}/) ?? [key];
      expect(read('records.json')[loanId]).toMatchObject({
        principal: { amount: '5000.00', currency: 'EUR' },
        agreement: { signatures: [{ side: 'borrower' }] },
      });
      expect(read('records.json')[loanId].payments).toHaveLength(1);
      expect(read('journal.json').map(({ kind }: { kind: string }) => kind)).toContain(
        'loan-payment',
      );
      const proofs = read('audit.json') as Proof[];
      expect(proofs.length).toBeGreaterThan(0);
      for (const proof of proofs) expect(rootOf(proof)).toBe(proof.checkpoint.rootHash);
    });

    it('has no evidence of what was not drawn', async () => {
      const { body } = await ada.get(`${at}/cases/2/evidence.zip`).expect(422);
      expect(body.code).toBe('supervision.case-not-drawn');
    });
  });
});

interface Proof {
  readonly leafIndex: string;
  readonly leafHash: string;
  readonly proof: readonly string[];
  readonly checkpoint: { readonly size: string; readonly rootHash: string };
}

/** The root that a proof leads to (RFC 9162, 2.1.3.2), with nothing of the program. */
function rootOf({ leafIndex, leafHash, proof, checkpoint }: Proof): string {
  const hash = (left: string, right: string): string =>
    sha256(Buffer.concat([Buffer.from([1]), Buffer.from(left + right, 'hex')]));
  let [index, last, reached] = [BigInt(leafIndex), BigInt(checkpoint.size) - 1n, leafHash];
  for (const sibling of proof) {
    if (index % 2n === 1n || index === last) {
      reached = hash(sibling, reached);
      while (index % 2n === 0n && index !== 0n) [index, last] = [index / 2n, last / 2n];
    } else {
      reached = hash(reached, sibling);
    }
    [index, last] = [index / 2n, last / 2n];
  }
  return reached;
}
