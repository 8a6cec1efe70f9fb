import { calendarDate } from '../../../src/kernel/calendar-date';
import { investorProblem } from '../../../src/modules/investors';
import { offlineVerification } from '../../../src/modules/verification/offline-verification';
import {
  resolved,
  withOutcome,
  type VerificationCase,
} from '../../../src/modules/verification/verification-case';
import type {
  VerificationOutcome,
  VerificationSubject,
} from '../../../src/modules/verification/verification-provider';

const AT = new Date('2025-03-10T09:00:00Z');
const ADA: VerificationSubject = {
  kind: 'natural',
  name: 'Ada Example',
  country: 'DE',
  identityKind: 'passport',
  identityNumber: 'C01X00T47',
  bornOn: calendarDate('1990-03-07'),
  people: [],
};
const MILL: VerificationSubject = {
  ...ADA,
  kind: 'legal',
  name: 'Bright Mills Ltd',
  identityKind: 'us-ein',
  identityNumber: '123456789',
  bornOn: undefined,
  people: [{ name: 'Grace Founder' }],
};

const ask = (subject: VerificationSubject): Promise<VerificationOutcome> =>
  offlineVerification.verify('ver_1', subject, AT);

describe('the offline provider', () => {
  test.each([
    { name: 'somebody of age', subject: ADA, status: 'verified', reasons: [] },
    {
      name: 'somebody on their eighteenth birthday',
      subject: { ...ADA, bornOn: calendarDate('2007-03-10') },
      status: 'verified',
      reasons: [],
    },
    {
      name: 'somebody the day before',
      subject: { ...ADA, bornOn: calendarDate('2007-03-11') },
      status: 'rejected',
      reasons: ['under-age'],
    },
    {
      name: 'somebody of unknown age',
      subject: { ...ADA, bornOn: undefined },
      status: 'review',
      reasons: ['birth-date-unknown'],
    },
    {
      name: 'a number ending in 98',
      subject: { ...ADA, identityNumber: 'C01X00T98' },
      status: 'rejected',
      reasons: ['watch-list'],
    },
    {
      name: 'a number ending in 97',
      subject: { ...ADA, identityNumber: 'C01X00T97' },
      status: 'review',
      reasons: ['possible-watch-list'],
    },
    {
      name: 'a number ending in 96',
      subject: { ...ADA, identityNumber: 'C01X00T96' },
      status: 'rejected',
      reasons: ['identity-number-refused'],
    },
    {
      name: 'a name on the list',
      subject: { ...ADA, name: 'Ada REJECT' },
      status: 'rejected',
      reasons: ['watch-list'],
    },
    {
      name: 'a name that looks like one, in Chinese',
      subject: { ...ADA, name: '王复核' },
      status: 'review',
      reasons: ['possible-watch-list'],
    },
    { name: 'an organisation', subject: MILL, status: 'verified', reasons: [] },
    {
      name: 'an organisation with an officer on the list',
      subject: { ...MILL, people: [{ name: 'Grace REJECT' }, { name: 'Max REVIEW' }] },
      status: 'rejected',
      reasons: ['person-watch-list', 'person-possible-watch-list'],
    },
  ])('answers $status for $name', async ({ subject, status, reasons }) => {
    expect(await ask(subject)).toMatchObject({ status, reasons });
  });

  test('says the same twice, and its evidence holds nobody’s name or number', async () => {
    expect(await ask(ADA)).toEqual(await ask(ADA));
    expect((await ask(ADA)).evidenceSha256).toBe(
      (await ask({ ...ADA, name: 'Somebody Else', identityNumber: 'C01X00T48' })).evidenceSha256,
    );
  });

  test('verifies for three years, to the start of the day', async () => {
    expect((await ask(ADA)).validUntil).toEqual(new Date('2028-03-10T00:00:00Z'));
  });
});

describe('a case', () => {
  const PENDING: VerificationCase = {
    id: 'ver_01JTVST7XAES5BXHWZN4KR4VEZ',
    subjectId: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ',
    subjectVersion: 2,
    status: 'pending',
    requestedBy: 'usr_1',
    requestedAt: AT,
    reasons: [],
  };

  test('that was answered keeps its answer', async () => {
    const answered = withOutcome(PENDING, await ask(ADA), AT);
    expect(answered).toMatchObject({ status: 'verified', decidedBy: 'offline', decidedAt: AT });
    const late = await ask({ ...ADA, name: 'Ada REJECT' });
    expect(withOutcome(answered, late, AT)).toBe(answered);
  });

  test('in review is nobody’s decision yet, and then an officer’s', async () => {
    const review = withOutcome(PENDING, await ask({ ...ADA, bornOn: undefined }), AT);
    expect(review).toMatchObject({ status: 'review' });
    expect(review.decidedBy).toBeUndefined();
    const decision = { outcome: 'verified', by: 'usr_2', at: AT } as const;
    expect(resolved(review, decision, investorProblem)).toMatchObject({
      status: 'verified',
      decidedBy: 'usr_2',
    });
    expect(() => resolved(review, { ...decision, by: 'usr_1' }, investorProblem)).toThrow(
      expect.objectContaining({ code: 'investors.four-eyes' }),
    );
    expect(() => resolved(PENDING, decision, investorProblem)).toThrow(
      expect.objectContaining({ code: 'investors.verification-not-in-review' }),
    );
  });
});
