import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allChecks } from '../../src/app/checks';
import { runChecks } from '../../src/platform/integrity';
import { commitmentTo } from '../../src/modules/supervision/draw';
import { drawFlaws } from '../../src/modules/supervision';
import { residentId } from '../support/people-world';
import {
  SEEN,
  supervisionWorld,
  type Caller,
  type SupervisionWorld,
} from '../support/supervision-world';

let world: SupervisionWorld;
let ada: Caller;
let early: string;

const NONCE = randomBytes(16).toString('hex');
const INSPECTIONS = `/v1/supervision/operators/${SEEN}/inspections`;
const TERMS = {
  commitment: commitmentTo(NONCE),
  template: 'platform-risk-daily',
  figure: 'investors',
  stratumBy: 'tier',
  detectionRate: '0.1',
  confidence: '0.9',
  roster: ['An', 'Bo', 'Chi'],
  inspectors: 2,
};

const get = (path: string, as = ada) => world.send('get', path, as);
const post = (path: string, body: object = {}, as = ada) => world.send('post', path, as).send(body);
const own = (user: string): Caller => {
  const { token } = world.platform.accessTokens.issue({
    id: `usr_01${user.repeat(24)}` as never,
    operatorId: 1,
    roles: ['compliance'],
  });
  return { authorization: `Bearer ${token}` };
};

beforeAll(async () => {
  world = await supervisionWorld();
  ada = await world.supervisor('ada@authority.example');
  for (let n = 2; n <= 30; n += 1) await world.openFile(residentId(n));
  early = await world.report();
}, 120_000);

afterAll(async () => {
  const broken = await runChecks(world.test.database, allChecks, [1, 2]);
  await world.close();
  expect(broken.filter(({ count }) => count > 0n)).toEqual([]);
});

describe('an inspection', () => {
  let at: string;

  it('begins with a commitment, once', async () => {
    const { body } = await post(INSPECTIONS, TERMS).expect(201);
    expect(body).toMatchObject(TERMS);
    at = `${INSPECTIONS}/${body.id as string}`;
    expect((await post(INSPECTIONS, TERMS)).body.code).toBe('supervision.commitment-used');
    const other = { ...TERMS, commitment: 'a'.repeat(64), figure: 'happiness' };
    expect((await post(INSPECTIONS, other)).body.code).toBe('supervision.figure-not-reported');
  });

  it('is the only one of its report until it is drawn: nobody may choose among several', async () => {
    const another = { ...TERMS, commitment: 'b'.repeat(64) };
    const { status, body } = await post(INSPECTIONS, another);
    expect([status, body.code]).toEqual([409, 'supervision.inspection-open']);
  });

  it('is drawn from no report that was there before, and by no other nonce', async () => {
    const other = await post(`${at}/draw`, { nonce: `${NONCE}0` });
    expect(other.body.code).toBe('supervision.nonce-mismatch');
    const { body } = await post(`${at}/draw`, { nonce: NONCE });
    expect(body.code).toBe('supervision.no-report-yet');
    expect((await get(`${at}/proof`)).body.code).toBe('supervision.not-drawn-yet');
  });

  it('is drawn once from the next, and both sides compute the same draw', async () => {
    world.clock.moveTo(new Date('2026-03-11T09:00:00Z'));
    const report = await world.report();
    world.clock.moveTo(new Date('2026-03-12T09:00:00Z'));
    await world.report();
    const keyed = () => post(`${at}/draw`, { nonce: NONCE }).set('Idempotency-Key', 'draw-1');
    const { body, text } = await keyed().expect(201);
    expect((await keyed().expect(201)).text).toBe(text);
    expect(body).toMatchObject({ population: 30, sampleSize: 16 });
    expect(new Set(body.inspectors).size).toBe(2);
    expect((await get(at)).body.report).toBe(report);
    expect(report).not.toBe(early);
    expect((await post(`${at}/draw`, { nonce: NONCE })).body.code).toBe(
      'supervision.already-drawn',
    );

    const theirs = await get(`${at}/proof`).expect(200);
    const id = at.split('/').at(-1);
    const ours = await get(`/v1/oversight/inspections/${id}/proof`, own('1')).expect(200);
    expect(ours.text).toBe(theirs.text);
    const { draw, flaws } = drawFlaws(ours.text);
    expect(flaws).toEqual([]);
    expect(draw.drawn).toEqual(body.drawn);
    const forged = theirs.text.replace(draw.drawn[0]?.key ?? '', 'inv_forged');
    expect(drawFlaws(forged).flaws).not.toEqual([]);
  });

  it('asks with a deadline, and sees an answer when a second person released it', async () => {
    const { body: list } = await get('/v1/oversight/inspections', own('1')).expect(200);
    const mine = `/v1/oversight/inspections/${list.items[0].id as string}/points`;
    const question = { kind: 'question', text: 'Who checked this file?', dueOn: '2026-04-01' };
    const stray = await post(`${at}/points`, { ...question, caseKey: 'inv_nobody' });
    expect(stray.body.code).toBe('supervision.case-not-drawn');
    const asked = () => post(`${at}/points`, question).set('Idempotency-Key', 'point-1');
    await asked().expect(201);
    expect((await asked().expect(201)).headers['idempotency-replayed']).toBe('true');

    await post(`${mine}/1/draft`, { text: 'We did.' }, own('1')).expect(201);
    const alone = await post(`${mine}/1/release`, {}, own('1'));
    expect([alone.status, alone.body.code]).toEqual([403, 'supervision.four-eyes']);
    expect((await get(at)).body.steps).toHaveLength(1);
    await post(`${mine}/1/release`, {}, own('2')).expect(201);
    const { body } = await get(at).expect(200);
    expect(body.steps.map(({ step }: { step: string }) => step)).toEqual([
      'asked',
      'drafted',
      'released',
    ]);
    await post(`${at}/points/1/settlement`).expect(201);
    expect((await post(`${mine}/1/draft`, { text: 'And more' }, own('1'))).body.code).toBe(
      'supervision.point-step',
    );
  });

  it('records a finding, which is reopened until it is rectified', async () => {
    const { body: list } = await get('/v1/oversight/inspections', own('1'));
    const mine = `/v1/oversight/inspections/${list.items[0].id as string}/points/2`;
    const finding = { kind: 'finding', text: 'Nobody checked it.', dueOn: '2026-05-01' };
    await post(`${at}/points`, finding).expect(201);
    for (const text of ['Noted.', 'Every file has been checked.']) {
      await post(`${mine}/draft`, { text }, own('1')).expect(201);
      await post(`${mine}/release`, {}, own('2')).expect(201);
      if (text === 'Noted.') {
        const more = { text: 'That is no remedy.', dueOn: '2026-06-01' };
        await post(`${at}/points/2/reopening`, more).expect(201);
      }
    }
    await post(`${at}/points/2/settlement`).expect(201);
  });

  it('ends with what everybody may know of it', async () => {
    const text = 'Two of sixteen files had not been checked; all are now.';
    const { body } = await post(`${at}/results`, { text }).expect(201);
    expect(body).toMatchObject({ text });
    expect((await post(`${at}/withdrawal`, { reason: 'No' })).body.code).toBe(
      'supervision.already-drawn',
    );
  });

  it('may be withdrawn, for a reason, and says whether its draw could have been known', async () => {
    const open = async (nonce: string) => {
      const { body } = await post(INSPECTIONS, { ...TERMS, commitment: commitmentTo(nonce) });
      return `${INSPECTIONS}/${body.id as string}`;
    };
    const reason = 'The inspectors are ill.';
    const early = await open('an early nonce of Ada');
    const { body } = await post(`${early}/withdrawal`, { reason }).expect(201);
    expect(body.withdrawn).toEqual({ reason, withdrawnAt: world.clock.now().toJSON() });
    const late = await open('a late nonce of Ada’s');
    world.clock.moveTo(new Date('2026-03-13T09:00:00Z'));
    const report = await world.report();
    const known = await post(`${late}/withdrawal`, { reason }).expect(201);
    expect(known.body.withdrawn).toMatchObject({ runId: report });
    for (const [path, sent] of [
      ['withdrawal', { reason }],
      ['draw', { nonce: 'a late nonce of Ada’s' }],
    ] as const) {
      const again = await post(`${late}/${path}`, sent);
      expect([path, again.body.code]).toEqual([path, 'supervision.already-withdrawn']);
    }
    const silent = await post(`${late}/results`, { text: 'Nothing.' });
    expect(silent.body.code).toBe('supervision.not-drawn-yet');
  });

  it('stands in the public register from its commitment, however it ended', async () => {
    const register = `/public/${SEEN}/inspections`;
    const { body } = await get(`${register}.json`, {} as Caller).expect(200);
    expect(body.items).toMatchObject([
      { state: 'withdrawn', isDrawKnown: true, commitment: commitmentTo('a late nonce of Ada’s') },
      { state: 'withdrawn', isDrawKnown: false },
      {
        state: 'drawn',
        authority: 'Authority of Markets',
        population: 30,
        sampleSize: 16,
        findings: 1,
        rectified: 1,
        results: [{ text: expect.stringContaining('Two of sixteen') }],
      },
    ]);
    const page = await get(`${register}?limit=1`, {} as Caller).expect(200);
    expect(page.text).toMatch(/withdrawn, when its draw could have been known/);
    expect(page.text).toMatch(/after=isp_/);

    const draw = body.items[2].draw as string;
    const file = await get(draw, {} as Caller).expect(200);
    expect(file.text).not.toMatch(/inv_|accredited/);
    const path = join(mkdtempSync(join(tmpdir(), 'yunchou-draw-')), 'draw.json');
    writeFileSync(path, file.text);
    const recomputed = spawnSync(process.execPath, ['test/recompute/draw.mjs', path]);
    expect(recomputed.stdout.toString()).toBe('the same draw\n');
    const none = draw.replace(/isp_\w+/, body.items[0].id as string);
    expect((await get(none, {} as Caller)).body.code).toBe('supervision.not-drawn-yet');
  });

  it('is hidden from another authority', async () => {
    const other = await post(
      '/v1/supervision/authorities',
      { name: 'Another', jurisdiction: 'US' },
      world.by('platform'),
    ).expect(201);
    const bo = await world.supervisor('bo@another.example', {}, other.body.id as string);
    expect((await get(at, bo)).body.code).toBe('supervision.inspection-not-found');
    expect((await get(INSPECTIONS, bo)).body.items).toEqual([]);
  });
});
