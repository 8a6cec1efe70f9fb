import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { found, type Founded, type Founding } from '../../../src/cli/founding';
import { testApplication, type TestApplication } from '../../support/application';

const OPERATOR = {
  code: 'elbe',
  legalName: 'Elbe Funding GmbH',
  line: 'lending',
  jurisdiction: 'DE',
  rulebookId: 'eu-ecspr',
  identityKind: 'lei',
  identityNumber: '529900T8BM49AURSDO55',
  homeCurrency: 'EUR',
  timeZone: 'Europe/Berlin',
  calendar: 'TARGET',
  feeTerms: { successFeeRate: '0.02' },
};

let app: TestApplication;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'founding-'));
  app = await testApplication();
});
afterAll(async () => {
  await app.close();
  rmSync(directory, { recursive: true });
});

/** As the command line opens the books: anew each time. */
async function foundAs(email: string, of: Founding['of']): Promise<Founded> {
  const { services, platform } = app;
  const scope = { operatorId: undefined, actor: { kind: 'system', id: 'test' } } as const;
  await platform.database.read(scope, (db) => services.operators.loadDirectory(db));
  const operators = services.directory.all();
  return found({ books: { database: platform.database, services, operators }, email, of });
}

function fileOf(content: unknown): { readonly file: string } {
  const file = join(directory, 'operator.json');
  writeFileSync(file, JSON.stringify(content));
  return { file };
}

it('founds an empty installation, once, and whoever is told the password can log in', async () => {
  const wrong = fileOf({ ...OPERATOR, timeZone: 'Mars/Olympus' });
  await expect(foundAs('ada@example.org', wrong)).rejects.toThrow(/\/timeZone: .*IANA/s);
  await expect(foundAs('ada', fileOf(OPERATOR))).rejects.toThrow('e-mail');
  await expect(foundAs('ada@example.org', { file: '/nowhere' })).rejects.toThrow('ENOENT');
  await expect(foundAs('ada@example.org', { code: 'elbe' })).rejects.toThrow('none yet');

  const { email, password } = await foundAs('ada@example.org', fileOf(OPERATOR));
  await expect(foundAs('bob@example.org', fileOf(OPERATOR))).rejects.toThrow('already: elbe');
  const second = await foundAs('bob@example.org', { code: 'elbe' });
  expect(second.password).not.toBe(password);

  const reply = await request(app.http)
    .post('/v1/auth/login')
    .send({ operator: 'elbe', email, password })
    .expect(200);
  const bearer = `Bearer ${reply.body.accessToken as string}`;
  const { body } = await request(app.http).get('/v1/me').set('authorization', bearer).expect(200);
  expect(body).toMatchObject({ email, roles: ['platform'], operator: { code: 'elbe' } });
});
