import { must } from '../../../src/kernel/assert';
import {
  loadServicingPolicies,
  parseServicingPolicy,
} from '../../../src/modules/loans/policy.schema';

const policies = loadServicingPolicies('compliance/servicing-policies');

describe('servicing policies', () => {
  test('there is one of its own for a rulebook, and one for all others', () => {
    expect(policies.latestFor('cn-p2p').id).toBe('cn-p2p');
    expect(policies.latestFor('eu-ecspr').id).toBe('general');
  });

  test('are found by the version a loan was made under', () => {
    expect(policies.get({ id: 'general', version: 1 }).servicingRate.toString()).toBe('0.02');
    expect(() => policies.get({ id: 'general', version: 99 })).toThrow('loans.policy-not-found');
  });

  test('charge nothing for repaying early where the law forbids it', () => {
    expect(policies.latestFor('in-p2p').earlyRepayment.fee).toBeUndefined();
    expect(policies.latestFor('cn-p2p').earlyRepayment.fee).toBeUndefined();
  });

  test('that leave a portion out, or a gap between buckets, are refused with the place named', () => {
    const good = must(policies.latestFor('eu-ecspr'), 'the general policy');
    const { contentHash: _, ...file } = { ...good, sources: [] };
    const desk = { ...file.desk, restructuring: { probationMonths: 24 } };
    const texts = [
      {
        ...file,
        servicingRate: '0.02',
        desk,
        waterfall: { ...file.waterfall, due: { order: 'by-portion', portions: ['principal'] } },
      },
      {
        ...file,
        servicingRate: '0.02',
        desk,
        arrears: { ...file.arrears, buckets: [{ id: 'late', fromDays: 3 }] },
      },
    ].map((each) => JSON.stringify(each));
    expect(() => parseServicingPolicy(texts[0]!, 'a.json')).toThrow(/a\.json.*every portion once/s);
    expect(() => parseServicingPolicy(texts[1]!, 'b.json')).toThrow(/b\.json.*begin at zero days/s);
  });
});
