import { createHash } from 'node:crypto';
import type { Json } from '../kernel/canonical-json';
import type { Id } from '../kernel/id';
import type { Db } from '../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../modules/identity';
import type { InvestorService } from '../modules/investors';
import type { IssuerService } from '../modules/issuers';
import {
  findPostedEntry,
  investorCashAccount,
  issuerProceedsAccount,
  listPostings,
  loanCollectionsAccount,
  offeringEscrowAccount,
  type AccountSpec,
  type LedgerService,
} from '../modules/ledger';
import { agreedTermsJson, listPayments, type LoanService } from '../modules/loans';
import type { OfferingService } from '../modules/offerings';
import type { CaseRecord, CaseRecords } from '../modules/supervision';

interface BelowRecords {
  readonly directory: OperatorDirectory;
  readonly ledger: LedgerService;
  readonly investors: InvestorService;
  readonly issuers: IssuerService;
  readonly offerings: OfferingService;
  readonly loans: LoanService;
}

type Currency = Parameters<typeof investorCashAccount>[1];

/** Of one account; and of one loan, payments. */
const MOST_ENTRIES = 500;

/**
 * What is on record of loans, offerings, investors and issuers, for who inspects them. Names, numbers
 * and addresses of people are left out, and of agreements the hash stands for the text that has them.
 */
export class StoredCaseRecords implements CaseRecords {
  constructor(private readonly below: BelowRecords) {}

  async read(db: Db, id: string): Promise<CaseRecord | undefined> {
    const { homeCurrency } = this.below.directory.get(operatorIdOf(db));
    const [record, account] = await this.recordOf(db, id, homeCurrency);
    if (record === undefined || account === undefined) return undefined;
    return { record: plain(record), entries: await this.entriesOf(db, account) };
  }

  private async recordOf(
    db: Db,
    id: string,
    currency: Currency,
  ): Promise<readonly [record?: unknown, account?: AccountSpec]> {
    const { investors, issuers, offerings } = this.below;
    if (isOf('lon', id)) return [await this.loan(db, id), loanCollectionsAccount(id, currency)];
    if (isOf('off', id)) return [await offerings.get(db, id), offeringEscrowAccount(id, currency)];
    if (isOf('inv', id)) return [await investors.get(db, id), investorCashAccount(id, currency)];
    if (!isOf('iss', id)) return [];
    const { address, website, ...issuer } = await issuers.get(db, id);
    const open = issuer.kind === 'natural' ? issuer : { ...issuer, address, website };
    return [open, issuerProceedsAccount(id, currency)];
  }

  private async loan(db: Db, id: Id<'lon'>): Promise<unknown> {
    const { loans } = this.below;
    const loan = await loans.get(db, id);
    const { text, signatures } = await loans.agreement(db, loan);
    return {
      ...loan,
      terms: agreedTermsJson(loan.terms),
      agreement: {
        sha256: createHash('sha256').update(text.en).digest('hex'),
        signatures: signatures.map(({ text: _, ...signature }) => signature),
      },
      schedule: await loans.schedule(db, loan),
      payments: await listPayments(db, loan, { limit: MOST_ENTRIES }),
    };
  }

  private async entriesOf(db: Db, spec: AccountSpec): Promise<readonly Json[]> {
    const account = await this.below.ledger.findAccount(db, spec);
    if (!account) return [];
    const lines = await listPostings(db, account.accountNo, { limit: MOST_ENTRIES });
    const entries: Json[] = [];
    for (const { entryNo } of lines) entries.push(plain(await findPostedEntry(db, entryNo)));
    return entries;
  }
}

function isOf<Prefix extends 'lon' | 'off' | 'inv' | 'iss'>(
  prefix: Prefix,
  id: string,
): id is Id<Prefix> {
  return id.startsWith(`${prefix}_`);
}

/** As JSON has it: amounts and instants as on the wire, large numbers as text. */
function plain(value: unknown): Json {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? each.toString() : each,
  );
  return JSON.parse(text) as Json;
}
