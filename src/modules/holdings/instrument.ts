import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';

export const INSTRUMENT_KINDS = ['share-class', 'note-series'] as const;
export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number];

/** What an issuer issues. Its register says who holds how many units of it. */
export interface Instrument {
  readonly id: Id<'ins'>;
  readonly issuerId: Id<'iss'>;
  readonly kind: InstrumentKind;
  /** `Ordinary A`: unique within the issuer. */
  readonly name: string;
  readonly currency: Currency;
  /** Nominal value of one unit in major units; absent for shares without par value. */
  readonly parValue?: Rate | undefined;
  /** The most units that may be in issue; absent where the law asks for no such figure. */
  readonly authorisedUnits?: bigint | undefined;
  readonly createdAt: Date;
}

export type InstrumentDraft = Omit<Instrument, 'id' | 'createdAt'>;
