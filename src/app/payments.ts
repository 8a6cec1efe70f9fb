import type { OperatorDirectory } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import {
  BankAccountService,
  BankAccountStore,
  CollectionService,
  DebitRunner,
  DepositService,
  OperatorFunds,
  PaymentDispatcher,
  ReferenceService,
  ReturnService,
  SandboxCustodian,
  TransferService,
  TransferStore,
  CashService,
  WithdrawalService,
  type ReturnHandler,
} from '../modules/payments';
import type { Tx } from '../platform/db';
import type { StoredPartyFiles } from './party-files';
import type { Platform } from './platform';

export interface BelowPayments {
  readonly ledger: LedgerService;
  readonly directory: OperatorDirectory;
  readonly files: StoredPartyFiles;
}

export function composePayments(platform: Platform, below: BelowPayments) {
  const { clock, newId, audit, outbox, cipher, identityIndex, database } = platform;
  const { ledger, directory, files } = below;
  const common = { clock, newId, audit, outbox, ledger, operators: directory, files };
  const bankAccountStore = new BankAccountStore(cipher, identityIndex);
  const bankAccounts = new BankAccountService({ clock, newId, audit, store: bankAccountStore });
  const references = new ReferenceService({ ...common, bankAccounts: bankAccountStore });
  const operatorFunds = new OperatorFunds({ ledger });
  const deposits = new DepositService(common);
  const withdrawals = new WithdrawalService({
    ...common,
    bankAccounts: bankAccountStore,
    references,
    funds: operatorFunds,
  });
  const transfers = new TransferService({
    ...common,
    deposits,
    references,
    store: new TransferStore(cipher),
  });
  return {
    bankAccounts,
    references,
    operatorFunds,
    deposits,
    withdrawals,
    transfers,
    collections: new CollectionService(common),
    custodian: new SandboxCustodian({ transactions: database, clock, newId }),
    cash: new CashService({ operators: directory }),
  };
}

export type Payments = ReturnType<typeof composePayments>;

/** What talks to the custodian: built last, since what came back is unwound by those above. */
export function composeDispatch(
  platform: Platform,
  below: Payments & {
    readonly ledger: LedgerService;
    readonly returnHandler: ReturnHandler<Tx>;
  },
) {
  const { clock, newId, audit, outbox, database } = platform;
  const { ledger, operatorFunds, returnHandler } = below;
  const returns = new ReturnService({
    clock,
    newId,
    audit,
    outbox,
    ledger,
    funds: operatorFunds,
    handler: returnHandler,
  });
  const talking = { ...below, transactions: database };
  return {
    returns,
    paymentDispatcher: new PaymentDispatcher({
      ...talking,
      debits: new DebitRunner({ ...talking, returns }),
    }),
  };
}
