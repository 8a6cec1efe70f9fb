import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db } from '../../platform/db';
import type { BlindIndex, FieldCipher } from '../../platform/field-cipher';
import type { Outbox } from '../../platform/outbox';
import type { OperatorDirectory } from '../identity';
import type { Issuer, Person } from '../issuers';
import type { Rulebooks } from '../rulebooks';
import type { IncomeCheck } from './affordability';
import type { BureauFile, EnquiryKind } from './bureau-file';
import type { CreditFacts, IncomeSource } from './form';
import type { ApplicationPolicy } from './policy';

/** What the applications ask of whoever keeps the borrowers' files. */
export interface Borrowers {
  /** @throws Problem not-found when the operator has no such issuer. */
  get(db: Db, id: Id<'iss'>): Promise<Issuer>;
  /** Officers and owners, who may be on a list themselves. */
  peopleOf(db: Db, id: Id<'iss'>): Promise<readonly Person[]>;
  nameOf(db: Db, issuer: Issuer): Promise<string>;
}

/** Whom an income provider is asked about: no more than it needs. */
export interface IncomeSubject {
  readonly source: IncomeSource;
  readonly stated: Money;
  readonly employer?: string | undefined;
  readonly bankAccount?: string | undefined;
}

/**
 * Confirms an income: an open-banking reading, an employer's register, a tax office. Never called
 * inside a transaction: it may take minutes. A call that throws is made again later.
 */
export interface IncomeProvider {
  readonly name: string;
  check(caseId: string, subject: IncomeSubject): Promise<IncomeCheck>;
}

/** Whom a credit bureau is asked about: no more than it needs. */
export interface CreditSubject {
  readonly name: string;
  readonly address?: string | undefined;
  /** What the borrower says of it, to be confirmed or corrected. */
  readonly stated: { readonly facts: CreditFacts; readonly instalments: Money };
}

/**
 * Knows how somebody paid before. Never called inside a transaction, as the income provider is not.
 * The same case and kind ask for the same enquiry: a call that is made again leaves no second mark.
 */
export interface CreditBureau {
  readonly name: string;
  enquire(
    caseId: string,
    enquiry: { readonly kind: EnquiryKind; readonly subject: CreditSubject },
  ): Promise<BureauFile>;
}

export interface ApplicationDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  /** Keys the hashes of marks, projects and people, alike in the whole installation. */
  readonly identityIndex: BlindIndex;
  readonly directory: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  readonly borrowers: Borrowers;
  readonly policies: readonly ApplicationPolicy[];
}
