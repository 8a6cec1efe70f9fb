import type { OperatorDirectory } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import {
  BankAccountService,
  BankAccountStore,
  DepositService,
  PaymentDispatcher,
  SandboxCustodian,
  TransferService,
  TransferStore,
  CashService,
  WithdrawalService,
} from '../modules/payments';
import type { StoredPartyFiles } from './party-files';
import type { Platform } from './platform';

export interface BelowPayments {
  readonly ledger: LedgerService;
  readonly directory: OperatorDirectory;
  readonly files: StoredPartyFiles;
}

export function composePayments(platform: Platform, below: BelowPayments) {
  const { clock, newId, audit, outbox, cipher, identityIndex, database, log } = platform;
  const { ledger, directory, files } = below;
  const common = { clock, newId, audit, outbox, ledger, operators: directory, files };
  const bankAccountStore = new BankAccountStore(cipher, identityIndex);
  const bankAccounts = new BankAccountService({ clock, newId, audit, store: bankAccountStore });
  const deposits = new DepositService(common);
  const withdrawals = new WithdrawalService({ ...common, bankAccounts: bankAccountStore });
  const transfers = new TransferService({
    ...common,
    deposits,
    store: new TransferStore(cipher),
  });
  const custodian = new SandboxCustodian({ transactions: database, clock, newId });
  return {
    bankAccounts,
    deposits,
    withdrawals,
    transfers,
    custodian,
    cash: new CashService({ operators: directory }),
    paymentDispatcher: new PaymentDispatcher({
      transactions: database,
      custodian,
      deposits,
      withdrawals,
      transfers,
      bankAccounts,
      log,
    }),
  };
}
