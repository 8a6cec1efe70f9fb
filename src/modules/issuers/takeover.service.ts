import type { Clock } from '../../kernel/clock';
import { DAY_MS } from '../../kernel/clock';
import type { NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf, type PartyService } from '../identity';
import type { Issuer } from './issuer';
import { insertTakenOver } from './issuer.store';
import { writePeople } from './people';

/** How long the word of the book's keeper stands for an identity. */
const VOUCHED_DAYS = 3 * 365;

/**
 * Opens files for the borrowers of a book that is taken over: many at once, known by their
 * references in it. Their identity rests on the word of whoever kept the book, and says so.
 */
export class IssuerTakeover {
  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly newId: NewId;
      readonly audit: Audit;
      readonly cipher: FieldCipher;
      readonly parties: PartyService;
    },
  ) {}

  /** @returns the files, in the order of the references, which are new and distinct. */
  async take(
    tx: Tx,
    book: { readonly source: string; readonly jurisdiction: string },
    references: readonly string[],
  ): Promise<readonly Issuer[]> {
    if (references.length === 0) return [];
    const { clock, newId, audit, cipher, parties } = this.deps;
    const { source, jurisdiction } = book;
    const now = clock.now();
    const registered = await parties.registerReferences(tx, source, references);
    const issuers = registered.map((party, position): Issuer => ({
      id: newId('iss'),
      operatorId: operatorIdOf(tx),
      partyId: party.id,
      externalId: `${source}:${references[position] ?? ''}`.slice(0, 64),
      kind: 'natural',
      legalName: 'B.',
      legalForm: 'person',
      jurisdiction,
      country: jurisdiction,
      identityKind: party.identityKind,
      identityMasked: party.identityMasked,
      status: 'active',
      verification: 'verified',
      verificationExpiresAt: new Date(now.getTime() + VOUCHED_DAYS * DAY_MS),
      peopleVersion: 1,
      screenedVersion: 1,
      createdAt: now,
    }));
    await insertTakenOver(
      tx,
      issuers.map((issuer) => ({
        issuer,
        nameEncrypted: cipher.seal('Borrower', address('name_encrypted', issuer.id)),
        peopleEncrypted: cipher.seal(writePeople([]), address('people_encrypted', issuer.id)),
        verificationId: newId('ver'),
      })),
    );
    await audit.record(tx, {
      action: 'issuer.taken-over',
      subject: source,
      details: { count: issuers.length, first: issuers[0]?.id, last: issuers.at(-1)?.id },
    });
    return issuers;
  }
}

function address(column: string, rowId: string) {
  return { table: 'issuers', column, rowId };
}
