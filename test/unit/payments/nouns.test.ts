import { Money } from '../../../src/kernel/money';
import {
  closeBankAccount,
  decideBankAccount,
  maskAccount,
  normaliseAccount,
  requireVerified,
  checkAccountReference,
  type BankAccount,
} from '../../../src/modules/payments/bank-account';
import {
  confirmDeposit,
  expireDeposit,
  instructDeposit,
  rejectDeposit,
  type Deposit,
} from '../../../src/modules/payments/deposit';
import { afterFailure, nextQuestion } from '../../../src/modules/payments/retry';
import {
  declineAssignment,
  proposeAssignment,
  requireSecondPerson,
  type Transfer,
} from '../../../src/modules/payments/transfer';
import {
  cancelWithdrawal,
  confirmWithdrawal,
  instructWithdrawal,
  rejectWithdrawal,
  type Withdrawal,
  type WithdrawalStatus,
} from '../../../src/modules/payments/withdrawal';
import type { EntryNo } from '../../../src/modules/ledger';

const T0 = new Date('2025-03-10T09:00:00Z');
const eur = (amount: string): Money => Money.parse(amount, 'EUR');

const aWithdrawal = (status: WithdrawalStatus): Withdrawal => ({
  id: 'wdr_01JTVST7XAES5BXHWZN4KR4VEZ',
  kind: 'investor-cash',
  investorId: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ',
  amount: eur('10.00'),
  status,
  requestedBy: 'usr_1',
  requestedAt: T0,
  attempts: 0,
});

const aDeposit = (): Deposit =>
  instructDeposit(
    { investorId: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ', amount: eur('10.00'), method: 'direct-debit' },
    { id: 'dep_01JTVST7XAES5BXHWZN4KR4VEZ', requestedBy: 'usr_1', now: T0 },
  );

const anAccount = (status: BankAccount['status']): BankAccount => ({
  id: 'bac_01JTVST7XAES5BXHWZN4KR4VEZ',
  partyId: 'pty_01JTVST7XAES5BXHWZN4KR4VEZ',
  scheme: 'iban',
  masked: 'DE••••3000',
  status,
  requestedBy: 'usr_1',
  requestedAt: T0,
  attempts: 0,
});

describe('a withdrawal', () => {
  test.each([
    { from: 'instructed' as const },
    { from: 'confirmed' as const },
    { from: 'rejected' as const },
    { from: 'cancelled' as const },
  ])('is not cancelled once it is $from', ({ from }) => {
    expect(() => cancelWithdrawal(aWithdrawal(from), T0)).toThrow('payments.not-cancellable');
  });

  test('is cancelled while it is only requested', () => {
    expect(cancelWithdrawal(aWithdrawal('requested'), T0)).toMatchObject({
      status: 'cancelled',
      resolvedAt: T0,
      nextAttemptAt: undefined,
    });
  });

  test('is confirmed or rejected only after it went to the custodian', () => {
    const entryNo = 1n as EntryNo;
    const payment = { custodianRef: 'X', executedAt: T0, entryNo, at: T0 };
    expect(() => confirmWithdrawal(aWithdrawal('requested'), payment)).toThrow('cannot go');
    expect(() => rejectWithdrawal(aWithdrawal('cancelled'), 'x', T0)).toThrow('cannot go');
    const instructed = instructWithdrawal(aWithdrawal('requested'), T0);
    expect(confirmWithdrawal(instructed, payment).status).toBe('confirmed');
    expect(rejectWithdrawal(instructed, 'x', T0).status).toBe('rejected');
  });
});

describe('a deposit', () => {
  test('ends once', () => {
    const receipt = {
      received: eur('10.00'),
      custodianRef: 'X',
      entryNo: 1n as EntryNo,
      at: T0,
    };
    const confirmed = confirmDeposit(aDeposit(), receipt);
    expect(confirmed).toMatchObject({ status: 'confirmed', nextAttemptAt: undefined });
    expect(() => confirmDeposit(confirmed, receipt)).toThrow('ended before');
    expect(() => expireDeposit(confirmed, T0)).toThrow('ended before');
    expect(() => rejectDeposit(confirmed, 'x', T0)).toThrow('ended before');
  });
});

describe('a bank account', () => {
  test.each([
    {
      scheme: 'iban' as const,
      account: 'DE89370400440532013000',
      masked: 'DE••••••••••••••••3000',
    },
    {
      scheme: 'account-reference' as const,
      account: '021000021123456789',
      masked: '••••••••••••••6789',
    },
    { scheme: 'account-reference' as const, account: 'AB1234', masked: '••••34' },
  ])('$account is shown as $masked', ({ scheme, account, masked }) => {
    expect(maskAccount(scheme, account)).toBe(masked);
  });

  test('is written in one way', () => {
    expect(normaliseAccount('de89 3704-0044 0532 0130 00')).toBe('DE89370400440532013000');
    expect(() => checkAccountReference('12')).toThrow('payments.malformed-account');
    expect(() => checkAccountReference('0210-$')).toThrow('payments.malformed-account');
  });

  test('is decided once, and closed for good', () => {
    const by = { decidedBy: 'usr_2', decidedAt: T0 };
    const verified = decideBankAccount(anAccount('pending'), { verdict: 'verified' }, by);
    expect(() => requireVerified(verified)).not.toThrow();
    expect(() => decideBankAccount(verified, { verdict: 'verified' }, by)).toThrow(
      'payments.bank-account-decided',
    );
    const closed = closeBankAccount(verified, by);
    expect(() => requireVerified(closed)).toThrow('payments.bank-account-not-verified');
    expect(closeBankAccount(closed, by)).toBe(closed);
  });
});

describe('a proposal for unmatched money', () => {
  const transfer: Transfer = {
    id: 'trf_01JTVST7XAES5BXHWZN4KR4VEZ',
    custodianRef: 'X',
    amount: eur('10.00'),
    reference: '',
    payer: { name: 'Ada', account: 'DE89' },
    receivedAt: T0,
    recordedAt: T0,
    status: 'suspense',
    entryNo: 1n as EntryNo,
  };
  const proposal = {
    investorId: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ',
    by: 'usr_1',
    at: T0,
    note: 'hers',
  } as const;

  test('is confirmed by another person', () => {
    const proposed = proposeAssignment(transfer, proposal);
    expect(() => requireSecondPerson(proposed, 'usr_1')).toThrow('payments.four-eyes');
    expect(requireSecondPerson(proposed, 'usr_2')).toEqual(proposal);
  });

  test('is made once, and can be taken back', () => {
    const proposed = proposeAssignment(transfer, proposal);
    expect(() => proposeAssignment(proposed, proposal)).toThrow('payments.transfer-not-open');
    expect(declineAssignment(proposed)).toMatchObject({ status: 'suspense', proposal: undefined });
    expect(() => declineAssignment(transfer)).toThrow('payments.transfer-not-open');
  });
});

describe('asking again', () => {
  test.each([
    { attempts: 1, minutes: 1 },
    { attempts: 3, minutes: 5 },
    { attempts: 5, minutes: 20 },
    { attempts: 6, minutes: 60 },
    { attempts: 1000, minutes: 60 },
  ])('failure $attempts is followed by $minutes minutes', ({ attempts, minutes }) => {
    expect(afterFailure(attempts, T0).getTime() - T0.getTime()).toBe(minutes * 60_000);
  });

  test.each([
    { expectedInMs: -5, waitsMs: 60_000 },
    { expectedInMs: 3_600_000, waitsMs: 3_600_000 },
    { expectedInMs: 999_999_999, waitsMs: 86_400_000 },
  ])(
    'news expected in $expectedInMs ms is asked for in $waitsMs ms',
    ({ expectedInMs, waitsMs }) => {
      const asked = nextQuestion(new Date(T0.getTime() + expectedInMs), T0);
      expect(asked.getTime() - T0.getTime()).toBe(waitsMs);
    },
  );
});
