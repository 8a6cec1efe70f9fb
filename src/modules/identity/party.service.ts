import { must } from '../../kernel/assert';
import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { BlindIndex, FieldCipher } from '../../platform/field-cipher';
import { identityProblem } from './errors';
import {
  checkIdentity,
  identityKey,
  requirePartyKind,
  type CheckedIdentity,
  type IdentityClaim,
  type Party,
  type PartyKind,
} from './party';
import { findSealedNumber, registerParties, registerParty } from './party.store';

export interface PartyDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly cipher: FieldCipher;
  readonly identityIndex: BlindIndex;
}

export interface RegisteredParty {
  readonly party: Party;
  readonly identity: CheckedIdentity;
}

/** People and organisations, known once for the whole installation. */
export class PartyService {
  constructor(private readonly deps: PartyDeps) {}

  /**
   * The party behind an identity number, registered if it is new.
   *
   * Neither the answer nor its time tells whether another operator brought it before. Safe when
   * two operators register one person at the same instant.
   *
   * @throws Problem `identity.invalid-identity-number`, `identity.wrong-identity-kind`.
   */
  async register(tx: Tx, kind: PartyKind, claim: IdentityClaim): Promise<RegisteredParty> {
    const { clock, newId, cipher, identityIndex } = this.deps;
    const at = clock.now();
    const identity = checkIdentity(claim, dateIn('UTC', at));
    requirePartyKind(identity, kind);
    const proposed = newId('pty');
    const id = await registerParty(tx, {
      id: proposed,
      kind,
      identityKind: identity.kind,
      identityHash: identityIndex.digest(identityKey(identity)),
      numberEncrypted: cipher.seal(identity.number, numberAddress(proposed)),
      masked: identity.masked,
      at,
    });
    const party = { id, kind, identityKind: identity.kind, identityMasked: identity.masked };
    return { party, identity };
  }

  /**
   * The people behind references in somebody's file, in the same order, registered if they are new.
   *
   * @param source names the file's maker, so that one number in two books is two people.
   */
  async registerReferences(
    tx: Tx,
    source: string,
    references: readonly string[],
  ): Promise<readonly Party[]> {
    const { clock, newId, cipher, identityIndex } = this.deps;
    const identityKind = 'file-reference';
    const sealed = references.map((reference) => {
      const id = newId('pty');
      const number = `${source}|${reference}`;
      return {
        id,
        kind: 'natural' as const,
        identityKind,
        identityHash: identityIndex.digest(`${identityKind}|${number}`),
        numberEncrypted: cipher.seal(number, numberAddress(id)),
        masked: `*${reference.slice(-4)}`,
        at: clock.now(),
      } as const;
    });
    const ids = await registerParties(tx, sealed);
    return sealed.map(({ kind, masked }, position) => ({
      id: must(ids[position], 'the registered party'),
      kind,
      identityKind,
      identityMasked: masked,
    }));
  }

  /**
   * The identity number in clear, for a use that needs it (a bank, a provider, a regulator's
   * return). Every use is audited with its purpose.
   *
   * @throws Problem `identity.party-not-found` when this operator does not know the party.
   */
  async revealNumber(tx: Tx, id: Id<'pty'>, purpose: string): Promise<string> {
    const sealed = await findSealedNumber(tx, id);
    if (sealed === undefined) throw identityProblem('party-not-found');
    await this.deps.audit.record(tx, {
      action: 'party.number-revealed',
      subject: id,
      details: { purpose },
    });
    return this.deps.cipher.open(sealed, numberAddress(id));
  }
}

function numberAddress(rowId: string) {
  return { table: 'identity_parties', column: 'number_encrypted', rowId };
}
