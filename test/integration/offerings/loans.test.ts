import { rate } from '../../../src/kernel/rate';
import type { OfferingTerms } from '../../../src/modules/offerings';
import { someTerms } from '../../support/builders/offering-terms';
import { loanWorld, type LoanWorld } from '../../support/loan-world';

let world: LoanWorld;

beforeEach(async () => {
  world = await loanWorld();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const rulesOf = (error: unknown) =>
  (error as { findings?: readonly { rule: string }[] } | undefined)?.findings?.map(
    ({ rule }) => rule,
  );

async function refusal(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { code: (error as { code?: string } | undefined)?.code, rules: rulesOf(error) };
}

describe('listing a loan', () => {
  it('waits for a person until the operator says that decisions review', async () => {
    const { id, status } = await world.list(world.vetted());
    expect(status).toBe('in-review');
    expect(
      await refusal(world.write((tx) => world.listing.publishByDecision(tx, id))),
    ).toMatchObject({ code: 'offerings.review-by-person' });
    expect(await refusal(world.write((tx) => world.offerings.approve(tx, id, 'x')))).toMatchObject({
      code: 'offerings.four-eyes',
    });
    await world.write((tx) => world.offerings.approve(tx, id, 'Read'), 'usr_compliance');
    expect(await world.write((tx) => world.lifecycle.publish(tx, id))).toMatchObject({
      status: 'live',
      kind: 'loan',
    });
  });

  it('is live at once where decisions review, and the review says that it was one', async () => {
    await world.trustDecisions();
    const request = world.vetted();
    const { id, status } = await world.list(request);
    expect(status).toBe('live');
    const { reviews, transitions } = await world.read((db) => world.viewing.history(db, id));
    expect(reviews).toMatchObject([{ verdict: 'approved', reviewer: request.note.decisionId }]);
    expect(transitions.map(({ to }) => to)).toEqual(['draft', 'in-review', 'scheduled', 'live']);
  });

  it('waits for a person when a person set the decision aside', async () => {
    await world.trustDecisions();
    const { status } = await world.list(world.vetted({}, { isOverridden: true }));
    expect(status).toBe('in-review');
  });

  it('is stopped again when the operator takes its policy back', async () => {
    await world.trustDecisions();
    await world.write((tx) =>
      world.listing.setPolicy(tx, { reviewedBy: 'person', note: 'An audit is on' }),
    );
    expect((await world.list(world.vetted())).status).toBe('in-review');
    expect(await world.read((db) => world.listing.policy(db))).toMatchObject({
      reviewedBy: 'person',
    });
  });

  it.each([
    {
      name: 'no decision in its favour',
      rule: 'credit-decision-not-approved',
      list: () => world.vetted({}, { outcome: 'decline' }),
    },
    {
      name: 'terms beyond the decision',
      rule: 'terms-beyond-decision',
      list: () => world.vetted({}, { maximum: world.money('99999.00') }),
    },
    {
      name: 'a decision that has lapsed',
      rule: 'credit-decision-expired',
      list: () => world.vetted({}, { validUntil: world.clock.now() }),
    },
    {
      name: 'checks that the decision does not settle',
      rule: 'due-diligence-incomplete',
      list: () => world.vetted({}, { settles: ['income'] }),
    },
    {
      name: 'a term the law finds too long',
      rule: 'tenor',
      list: () => {
        const { note, ...request } = world.vetted({}, { termMonths: 37 });
        return { ...request, note: { ...note, termMonths: 37 } };
      },
    },
    {
      name: 'no word of the borrower on the limits of the law',
      rule: 'borrower-limits',
      list: () => world.vetted({}, { borrower: { kind: 'natural' } }),
    },
  ])('does not go public with $name', async ({ rule, list }) => {
    await world.trustDecisions();
    expect(await refusal(world.list(list()))).toEqual({
      code: 'offerings.not-ready',
      rules: expect.arrayContaining([rule]),
    });
  });

  it('reserves the borrower’s caps while it is open, and gives them back', async () => {
    await world.trustDecisions();
    const first = await world.list(world.vetted({ amount: world.money('600000.00') }));
    const second = world.vetted({ amount: world.money('400100.00') });
    expect(await refusal(world.list(second))).toMatchObject({ code: 'caps.exceeded' });
    await world.write((tx) => world.lifecycle.withdraw(tx, first.id, 'Changed their mind'));
    expect((await world.list(second)).status).toBe('live');
  });

  it('stands on a decision that stands behind no other offering', async () => {
    await world.trustDecisions();
    const other = world.newId('off');
    expect(await refusal(world.list(world.vetted({}, { offeringId: other })))).toEqual({
      code: 'offerings.not-ready',
      rules: ['credit-decision-used'],
    });
  });

  it('cannot grow beyond its decision once it is public, nor cost more', async () => {
    await world.trustDecisions();
    const request = world.vetted({}, { maximum: world.money('120000.00') });
    const { id } = await world.list(request);
    const change = async (changes: Partial<OfferingTerms>) => {
      const { version } = await world.read((db) => world.offerings.get(db, id));
      const { documents } = version;
      const terms = { ...version.terms, ...changes };
      return refusal(
        world.write((tx) =>
          world.lifecycle.materialChange(tx, id, {
            basedOn: version.version,
            terms,
            documents,
            reason: 'More is needed',
          }),
        ),
      );
    };
    const upTo = (amount: string) => ({
      maximum: world.money(amount),
      orderLimit: world.money(amount),
    });
    expect(await change(upTo('120100.00'))).toEqual({
      code: 'offerings.not-ready',
      rules: ['terms-beyond-decision'],
    });
    expect(await change({ feeRate: rate('0.05') })).toMatchObject({
      code: 'offerings.frozen-term',
    });
    expect(await change(upTo('120000.00'))).toEqual({ code: undefined, rules: undefined });
  });

  it('issues notes only, as shares are issued by equity alone', async () => {
    const draft = { issuerId: world.issuer.id, kind: 'loan' as const, terms: someTerms() };
    expect(await refusal(world.write((tx) => world.offerings.create(tx, draft)))).toMatchObject({
      code: 'offerings.wrong-instrument',
    });
  });
});
