import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calendarDate } from '../../../src/kernel/calendar-date';
import type { Json } from '../../../src/kernel/canonical-json';
import { contentHash } from '../../../src/modules/credit/content-hash';
import { flawsOfImpairment } from '../../../src/modules/credit/expected-loss';
import { ModelLibrary, revive } from '../../../src/modules/credit/library.service';
import { priceOffer } from '../../../src/modules/credit/offer';
import { editPolicy, smallCard, smallCompliance } from '../../support/credit-world';

const TODAY = calendarDate('2025-03-10');

let place: ReturnType<typeof smallCompliance>;

beforeEach(() => {
  place = smallCompliance();
});
afterEach(() => place.remove());

describe('the library as it is delivered', () => {
  const library = ModelLibrary.load('compliance');
  const { policy, scale, scorecard } = library.inForce('consumer-instalment', TODAY);

  it('has a policy in force, with its card and its scale', () => {
    expect(policy.value.scorecard).toMatchObject({ id: scorecard.id, version: scorecard.version });
    expect(scale.id).toBe(policy.value.masterScale.id);
    expect(library.list().length).toBeGreaterThan(4);
  });

  it('has one content for each model, and the same after it was kept', () => {
    const hashes = library.list().map(({ kind, contentHash: hash }) => `${kind} ${hash}`);
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const { value: _, ...kept } of library.list()) {
      const stored = JSON.parse(JSON.stringify(kept.content)) as Json;
      expect(contentHash(stored)).toBe(kept.contentHash);
      expect(revive(kept.kind, { ...kept, content: stored }).id).toBe(kept.id);
    }
  });

  it('stages and expects losses soundly', () => {
    const { value } = library.impairmentInForce('ifrs-9', TODAY);
    expect(flawsOfImpairment(value)).toEqual([]);
    const few = { ...value, scenarios: value.scenarios.slice(1) };
    expect(flawsOfImpairment(few).join('; ')).toMatch(/fewer than three.*sum to 0.75/);
    const late = { ...value.thresholds, stage3DaysPastDue: 120, stage2DaysPastDue: 45 };
    expect(flawsOfImpairment({ ...value, thresholds: late })).toHaveLength(2);
  });

  it('prices every grade, dearer from one to the next', () => {
    const models = { policy: policy.value, scale: scale.value };
    const terms = { currency: 'EUR', repayment: 'annuity', security: 'none' } as const;
    const rates = scale.value.grades.map(({ grade }) => {
      const price = priceOffer({ ...terms, grade, termMonths: 36, aprMethod: 'eu' }, models);
      expect(price.status).toBe('priced');
      return price.rate?.toNumber() ?? 0;
    });
    expect(rates).toEqual([...new Set(rates)].toSorted((a, b) => a - b));
  });
});

describe('versions', () => {
  it('of a policy follow each other by their days', () => {
    const next = (policy: { readonly [key: string]: Json }): Json => ({
      ...policy,
      version: 2,
      effectiveFrom: '2025-06-01',
    });
    editPolicy(place.folder, (policy) => {
      const file = join(place.folder, 'pricing', 'consumer-instalment', '2.json');
      writeFileSync(file, JSON.stringify(next(policy)));
      return policy;
    });
    const library = ModelLibrary.load(place.folder);
    const versionOn = (day: string): number =>
      library.inForce('consumer-instalment', calendarDate(day)).policy.version;
    expect(['2025-05-31', '2025-06-01'].map(versionOn)).toEqual([1, 2]);
    expect(() => versionOn('2015-12-31')).toThrow(/unknown-model.*in force/);
  });

  it('end on the last day that a policy states', () => {
    editPolicy(place.folder, (policy) => ({ ...policy, effectiveTo: '2025-03-10' }));
    const library = ModelLibrary.load(place.folder);
    expect(library.inForce('consumer-instalment', TODAY).policy.version).toBe(1);
    expect(() => library.inForce('consumer-instalment', calendarDate('2025-03-11'))).toThrow(
      /unknown-model/,
    );
  });

  it('that do not exist are not found', () => {
    const library = ModelLibrary.load(place.folder);
    expect(() => library.get('master-scale', { id: 'none', version: 1 })).toThrow(/unknown-model/);
    expect(() => library.impairmentInForce('none', TODAY)).toThrow(/unknown-model/);
  });
});

describe('a file that cannot be used stops the start, and says where and why', () => {
  it.each<{ what: string; damage: (folder: string) => void; said: RegExp }>([
    {
      what: 'a policy of a card that is not there',
      damage: (folder) =>
        editPolicy(folder, (policy) => ({
          ...policy,
          scorecard: { id: 'gone', version: 1, horizonMonths: { least: 12, most: 12 } },
        })),
      said: /pricing\/consumer-instalment\/1\.json at scorecard: there is no gone\/1/,
    },
    {
      what: 'a policy without a margin',
      damage: (folder) => editPolicy(folder, (policy) => ({ ...policy, margins: [] })),
      said: /1\.json: grade A has no margin/,
    },
    {
      what: 'a figure that is no decimal string',
      damage: (folder) => editPolicy(folder, (policy) => ({ ...policy, servicingCost: 0.01 })),
      said: /1\.json at servicingCost/,
    },
    {
      what: 'a field nobody knows',
      damage: (folder) => editPolicy(folder, (policy) => ({ ...policy, marigns: [] })),
      said: /marigns/,
    },
    {
      what: 'a file of another name',
      damage: (folder) => editPolicy(folder, (policy) => ({ ...policy, version: 7 })),
      said: /at id: folder and file are called otherwise/,
    },
    {
      what: 'no JSON at all',
      damage: (folder) => writeFileSync(join(folder, 'impairment', 'ifrs-9', '1.json'), '{ "id": '),
      said: /impairment\/ifrs-9\/1\.json: SyntaxError/,
    },
    {
      what: 'a scale of few grades',
      damage: (folder) => {
        mkdirSync(join(folder, 'master-scales', 'tiny'));
        const scale = {
          id: 'tiny',
          version: 1,
          title: 'Tiny scale',
          effectiveFrom: '2020-01-01',
          grades: [{ grade: 'A', upTo: '1', pd: [{ months: 12, pd: '0.1' }] }],
          losses: [{ product: 'x', security: 'none', severity: '0.5', recoveryMonths: 1 }],
        };
        writeFileSync(join(folder, 'master-scales', 'tiny', '1.json'), JSON.stringify(scale));
      },
      said: /tiny\/1\.json: there are fewer than 7 grades/,
    },
    {
      what: 'a card somebody wrote in afterwards',
      damage: (folder) =>
        writeFileSync(
          join(folder, 'scorecards', 'small', '1.json'),
          JSON.stringify({ ...(smallCard() as object), baseScore: 999 }),
        ),
      said: /small\/1\.json at contentHash/,
    },
  ])('$what', ({ damage, said }) => {
    damage(place.folder);
    expect(() => ModelLibrary.load(place.folder)).toThrow(said);
  });
});
