import { createHash } from 'node:crypto';
import { join } from 'node:path';
import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { runChecks } from '../../src/platform/integrity';
import { Seal } from '../../src/platform/pdf';
import { kiisChecks, kiisRoutes, KiisService, loadKiisModels } from '../../src/modules/kiis';
import type { Issuer } from '../../src/modules/issuers';
import { someTerms } from '../support/builders/offering-terms';
import { EU_OPERATOR, inCurrency } from '../support/offering-regimes';
import { ISSUER_USER, offeringWorld, type OfferingWorld } from '../support/offering-world';
import { smallApp } from '../support/small-app';

let world: OfferingWorld;
let small: ReturnType<typeof smallApp>;
let serial = 0;
let id: Id<'off'>;
let words: Record<string, string>;

beforeAll(async () => {
  world = await offeringWorld('eu-ecspr');
  const [operator] = world.operators.all();
  world.operators.replaceAll([{ ...operator!, identityNumber: '529900T8BM49AURSDO55' }]);
  const kiis = new KiisService({
    ...world,
    seal: Seal.ofSeed(Buffer.alloc(32, 1)),
    models: loadKiisModels(join(__dirname, '../../compliance/kiis')),
    issuers: {
      get: async () =>
        ({ ...world.issuer, legalForm: 'company', jurisdiction: 'DE' }) as unknown as Issuer,
      nameOf: async () => 'Laternen <b>& Roboter</b> AG',
      peopleOf: async () => [{ name: 'Ada Berg', roles: ['director'] }],
    },
    financials: { list: async () => [] },
    redressOf: () => 'You may complain to the competent authority.',
  });
  const isVerified = async () => false;
  const routes = kiisRoutes({ kiis, ...world, isVerified });
  small = smallApp(routes, { database: world.test.database, strictReplies: true });
  id = await drafted();
}, 120_000);

afterAll(async () => {
  const own = await runChecks(world.test.database, kiisChecks, [EU_OPERATOR]);
  const broken = [...(await world.broken()), ...own.filter(({ count }) => count > 0n)];
  await world.end();
  expect(broken).toEqual([]);
});

const drafted = () =>
  world.write(async (tx) => {
    const terms = inCurrency(someTerms(), 'EUR');
    const draft = { issuerId: world.issuer.id, kind: 'equity', terms } as const;
    return (await world.offerings.create(tx, draft)).offering.id;
  }, ISSUER_USER);

function user(role: Role): AuthenticatedUser {
  const own = `usr_01${String(role.length).padStart(24, '0')}` as const;
  return { id: role === 'issuer' ? ISSUER_USER : own, operatorId: EU_OPERATOR, roles: [role] };
}

function call(method: 'get' | 'put' | 'post', path: string, role: Role, body?: object) {
  serial += 1;
  const sent = request(small.app)
    [method](`/v1/offerings/${id}/${path}`)
    .set('Authorization', small.bearer(user(role)))
    .set('Idempotency-Key', `key-${serial}`);
  return body === undefined ? sent : sent.send(body);
}

const everybody = (file: string) =>
  request(small.app).get(`/v1/operators/eu-ecspr/offerings/${id}/${file}`);

describe('while the offering is a draft', () => {
  test('its issuer is told what to say, and sees the sheet as it would be; others see nothing', async () => {
    const { body } = await call('get', 'kiis', 'issuer').expect(200);
    expect(body).toMatchObject({ model: 'eu-ecspr/1', pages: 3 });
    expect(body.missing).toContain('risk-default');
    words = Object.fromEntries(body.missing.map((point: string) => [point, `Of ${point}.`]));
    const page = await call('get', 'kiis.html', 'issuer').expect(200);
    expect(page.text).toContain('A draft: nobody can subscribe on it.');
    await call('get', 'kiis.pdf', 'operations').expect(200);
    const hidden = [
      await call('get', 'kiis.html', 'investor'),
      await everybody('kiis.html'),
      await everybody('kiis.pdf'),
    ];
    expect(hidden.map((reply) => reply.body.code)).toEqual(hidden.map(() => 'offerings.not-found'));
  });

  test('words are kept in versions; unknown points, languages and control characters are refused', async () => {
    const write = (body: object) => call('put', 'kiis', 'issuer', body);
    const first = await write({ language: 'en', words: { activities: 'Robots.' } }).expect(200);
    expect(first.body).toMatchObject({
      version: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const second = await write({ language: 'de', words: { activities: 'Roboter.' } }).expect(200);
    expect(second.body).toMatchObject({ version: 2, language: 'de' });
    const unknown = await write({ language: 'en', words: { 'loan-terms': 'None.' } });
    expect([unknown.status, unknown.body.code]).toEqual([422, 'kiis.unknown-point']);
    expect(unknown.body.errors[0].pointer).toBe('#/words/loan-terms');
    await write({ language: 'xx', words: {} }).expect(400);
    await write({ language: 'en', words: { activities: 'a\u0007' } }).expect(400);
  });

  test('a sheet of more than six pages is refused', async () => {
    const long = Object.fromEntries(
      Object.keys(words).map((point) => [point, 'Words. '.repeat(300)]),
    );
    const reply = await call('put', 'kiis', 'issuer', { language: 'en', words: long });
    expect([reply.status, reply.body.code]).toEqual([422, 'kiis.too-long']);
    expect(reply.body.detail).toMatch(/^It takes \d+ pages of A4; 6 are the most\.$/);
  });

  test('a sheet that says too little is not drawn up', async () => {
    const reply = await call('post', 'kiis/draw-up', 'issuer');
    expect([reply.status, reply.body.code]).toEqual([422, 'kiis.incomplete']);
    expect(reply.body.detail).toContain('own-funds');
  });
});

describe('once it was drawn up', () => {
  let sha256: string;

  test('the sealed PDF is the document that investors acknowledge, in the place of the one before', async () => {
    const text = { ...words, activities: 'We make <script>alert(1)</script> robots.' };
    await call('put', 'kiis', 'issuer', { language: 'en', words: text }).expect(200);
    await call('post', 'kiis/draw-up', 'issuer').expect(201);
    const { body } = await call('post', 'kiis/draw-up', 'issuer').expect(201);
    sha256 = body.sha256;
    const { version } = await world.read((db) => world.offerings.get(db, id));
    expect(version.documents).toEqual([
      expect.objectContaining({ kind: 'kiis', sha256, mustAcknowledge: true }),
    ]);
    const state = await call('get', 'kiis', 'compliance').expect(200);
    expect(state.body.sheet).toMatchObject({ sha256, isCurrent: true });
  });

  test('a sheet that new terms have overtaken is told from a current one', async () => {
    const { version } = await world.read((db) => world.offerings.get(db, id));
    const { terms } = version;
    const edit = (summary: string) =>
      world.write(async (tx) => {
        const { offering } = await world.offerings.get(tx, id);
        const changed = { ...terms, summary };
        await world.offerings.editDraft(tx, id, { basedOn: offering.version, terms: changed });
      }, ISSUER_USER);
    await edit('Something else.');
    expect((await call('get', 'kiis', 'issuer')).body.sheet.isCurrent).toBe(false);
    await edit(terms.summary);
    expect((await call('get', 'kiis', 'issuer')).body.sheet.isCurrent).toBe(true);
  });

  test('everybody reads it once the offering is live, as a page and byte for byte', async () => {
    await world.write((tx) => world.offerings.submit(tx, id), ISSUER_USER);
    await world.write((tx) => world.offerings.approve(tx, id, 'Read.'), 'usr_compliance');
    await everybody('kiis.html').expect(404);
    await world.write((tx) => world.lifecycle.publish(tx, id), 'usr_operations');
    const page = await everybody('kiis.html').expect(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).toContain(sha256);
    expect(page.text).toContain('&#60;script&#62;alert(1)');
    expect(page.text).not.toContain('<script');
    const file = await everybody('kiis.pdf').responseType('blob').expect(200);
    expect(file.headers['content-type']).toBe('application/pdf');
    expect(file.headers['etag']).toBe(`"${sha256}"`);
    expect(createHash('sha256').update(file.body).digest('hex')).toBe(sha256);
    expect(file.body.toString('latin1')).toContain('/SubFilter /adbe.pkcs7.detached');
    const own = await call('get', 'kiis.html', 'investor').expect(200);
    expect(own.text).toBe(page.text);
  });

  test('its words can no longer be changed', async () => {
    const reply = await call('put', 'kiis', 'issuer', { language: 'en', words: {} });
    expect([reply.status, reply.body.code]).toEqual([409, 'kiis.wrong-status']);
    const again = await call('post', 'kiis/draw-up', 'issuer');
    expect(again.body.code).toBe('kiis.wrong-status');
  });
});
