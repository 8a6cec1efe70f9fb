import { IntakeWorld, type Caller, type TestBorrower } from '../support/intake-world';

let world: IntakeWorld;
let compliance: Caller;

beforeAll(async () => {
  world = await IntakeWorld.open();
  compliance = await world.caller(['compliance']);
});
afterAll(async () => {
  const broken = await world?.broken();
  await world?.close();
  expect(broken).toEqual([]);
});

/** An application with its offers on the table. */
async function offered(who: TestBorrower) {
  const id = await world.handedIn(who);
  expect(await world.judged(id)).toBe('offered');
  const offers = await who.get(`/v1/applications/${id}/offers`);
  const ids = (offers.body.items as readonly { readonly id: string }[]).map((offer) => offer.id);
  return { path: `/v1/applications/${id}`, id, offers: ids };
}

/** Terms as they are shown, as a request for the same again. */
function asRequested({ title, terms }: { readonly title: string; readonly terms: ShownTerms }) {
  const { expectedReturn: _, ...instrument } = terms.instrument;
  const { method } = terms.allocation;
  return { ...terms, title, instrument, currency: 'EUR', allocation: { method } };
}

interface ShownTerms {
  readonly instrument: { readonly expectedReturn?: string };
  readonly allocation: { readonly method: string };
}

const outcome = ({ status, body }: { status: number; body: { code?: string; status?: string } }) =>
  body.code ?? `${status} ${body.status}`;

describe('one credit decision', () => {
  test('carries one loan, however its borrower goes about a second', async () => {
    const ada = await world.borrower();
    const { path, offers } = await offered(ada);
    const accepted = await ada.post(`${path}/offers/${offers[0]}/accept`);
    expect(accepted.body.status).toBe('listed');
    const first = await ada.get(`/v1/offerings/${accepted.body.offeringId}`);
    const copy = await ada.post('/v1/offerings', {
      issuerId: ada.issuerId,
      kind: 'loan',
      terms: asRequested(first.body),
    });
    expect(outcome(copy)).toBe('201 draft');
    const again = `/v1/offerings/${copy.body.id}`;
    const codes = async () =>
      ((await ada.get(`${again}/readiness`)).body.reasons as readonly { code: string }[]).map(
        ({ code }) => code,
      );
    expect(await codes()).toContain('credit-decision-used');
    const withdrawn = await ada.post(`/v1/offerings/${first.body.id}/withdraw`, { reason: 'x' });
    expect(withdrawn.body.status).toBe('withdrawn');
    expect(await codes()).toContain('credit-decision-used');
    expect(outcome(await ada.post(`${again}/submit`))).toBe('offerings.not-ready');
  });

  test('is accepted once by many at once, and not beside a withdrawal', async () => {
    const ada = await world.borrower();
    const { path, offers } = await offered(ada);
    const replies = await Promise.all([
      ...offers.map((offer) => ada.post(`${path}/offers/${offer}/accept`)),
      ada.post(`${path}/withdraw`, { reason: 'I have changed my mind.' }),
    ]);
    const good = replies.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect(new Set(replies.filter(({ status }) => status !== 200).map(outcome))).toEqual(
      new Set(['applications.wrong-status']),
    );
  });

  test('is nobody else’s to accept: another borrower, another operator, a lender', async () => {
    const ada = await world.borrower();
    const { path, offers } = await offered(ada);
    const strangers = [
      { who: await world.borrower(), code: 'applications.not-found' },
      { who: await world.caller(['operations'], world.oder), code: 'applications.not-found' },
      { who: await world.caller(['investor']), code: 'auth.role-required' },
      { who: compliance, code: 'auth.role-required' },
    ];
    for (const { who, code } of strangers) {
      expect(outcome(await who.post(`${path}/offers/${offers[0]}/accept`))).toBe(code);
    }
    const other = await offered(await world.borrower());
    expect(outcome(await ada.post(`${path}/offers/${other.offers[0]}/accept`))).toBe(
      'applications.offer-not-found',
    );
  });
});

describe('an application filled in with bad intent', () => {
  test.each([
    { name: 'nothing', form: { amount: { amount: '0.00', currency: 'EUR' } } },
    { name: 'less than nothing', form: { amount: { amount: '-1.00', currency: 'EUR' } } },
    { name: 'more than exists', form: { amount: { amount: '9'.repeat(30), currency: 'EUR' } } },
    { name: 'a third of a cent', form: { amount: { amount: '0.003', currency: 'EUR' } } },
    { name: 'another currency', form: { amount: { amount: '100.00', currency: 'USD' } } },
    { name: 'half a month', form: { termMonths: 0.5 } },
    { name: 'a novel', form: { project: 'x'.repeat(4001) } },
    { name: 'a text no column holds', form: { project: 'a\u0000b' } },
    { name: 'half a character', form: { project: 'a\ud800b' } },
    {
      name: 'a fact out of the prototype',
      form: { creditFacts: { ['__proto__']: 1, ['a b']: 2 } },
    },
    { name: 'a field that is none', form: { grade: 'A' } },
  ])('is refused $name', async ({ form }) => {
    const ada = await world.borrower();
    const reply = await ada.post('/v1/applications', { issuerId: ada.issuerId, form });
    expect([reply.status, typeof reply.body.code]).toEqual([400, 'string']);
  });

  test('keeps names and numbers of people out of trail, events, decisions and windows', async () => {
    const ada = await world.borrower();
    const contact = {
      phone: '+49 30 5551234',
      address: 'Unter den Weiden 77',
      employer: 'Weidenwerke',
      bankAccount: 'DE89 3704 0044 0532 0130 00',
      device: 'ada-telephone-9000',
    };
    const id = await world.handedIn(ada, {}, contact);
    await world.judged(id);
    const path = `/v1/applications/${id}`;
    const [offer] = (await ada.get(`${path}/offers`)).body.items as readonly { id: string }[];
    await ada.post(`${path}/offers/${offer?.id}/accept`);
    const text = await world.read(async (db) => {
      const rows = await db.query<{ text: string }>(`
        SELECT t.text FROM (
          SELECT to_jsonb(a)::text AS text FROM platform_audit_records a
          UNION ALL SELECT to_jsonb(e)::text FROM platform_outbox_events e
          UNION ALL SELECT to_jsonb(d)::text FROM credit_decisions d
          UNION ALL SELECT to_jsonb(v)::text FROM application_versions v
          UNION ALL SELECT to_jsonb(s)::text FROM application_assessments s
          UNION ALL SELECT to_jsonb(o)::text FROM application_offers o) t`);
      return rows.map((row) => row.text).join('\n');
    });
    expect(text).toContain(id);
    for (const told of [...Object.values(contact), `Borrower ${ada.serial}`]) {
      expect(text.includes(told) ? told : '').toBe('');
    }
  });
});
