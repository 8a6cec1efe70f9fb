import {
  audienceUnder,
  hasDisclosure,
  isFinal,
  isPublic,
  requiredDocuments,
} from '../../../src/modules/offerings';

const document = (kind: 'form-c' | 'kiis' | 'other') => ({
  id: 'doc_00000000000000000000000001' as const,
  kind,
  title: kind,
  sha256: 'a'.repeat(64),
  mustAcknowledge: true,
});

describe('the documents a rulebook asks for', () => {
  it.each([
    { rulebook: 'us-reg-cf', kinds: ['form-c'] },
    { rulebook: 'eu-ecspr', kinds: ['kiis'] },
    { rulebook: 'cn-equity-private', kinds: ['offering-plan'] },
    { rulebook: 'another', kinds: [] },
  ])('are $kinds under $rulebook', ({ rulebook, kinds }) => {
    expect(requiredDocuments(rulebook)).toEqual(kinds);
    expect(hasDisclosure(rulebook, [])).toBe(kinds.length === 0);
  });

  it('are there when one of their kind is', () => {
    expect(hasDisclosure('us-reg-cf', [document('other'), document('form-c')])).toBe(true);
    expect(hasDisclosure('eu-ecspr', [document('form-c')])).toBe(false);
  });
});

describe('who may see an offering', () => {
  it('is nobody but verified users where nothing may be offered to the public', () => {
    expect(audienceUnder('cn-equity-private')).toBe('verified-users');
    expect(audienceUnder('us-reg-cf')).toBe('public');
  });

  it.each([
    { status: 'draft', publicly: false, finally: false },
    { status: 'scheduled', publicly: false, finally: false },
    { status: 'live', publicly: true, finally: false },
    { status: 'closing', publicly: true, finally: false },
    { status: 'settled', publicly: true, finally: true },
    { status: 'failed', publicly: true, finally: true },
    { status: 'withdrawn', publicly: false, finally: true },
  ] as const)('depends on its status: $status', ({ status, publicly, finally: isEnd }) => {
    expect([isPublic(status), isFinal(status)]).toEqual([publicly, isEnd]);
  });
});
