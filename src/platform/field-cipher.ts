import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { assert, must } from '../kernel/assert';

/** Where a sealed text stands. It opens only there: a value moved to another row is refused. */
export interface FieldAddress {
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

export interface EncryptionKey {
  /** Short name kept in front of each sealed text, so that keys can be replaced one by one. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals personal data for rest: AES-256-GCM under a fresh 96-bit nonce, bound to its address.
 *
 * A sealed text is `<key id>.<base64url of nonce, tag and ciphertext>`. The first key writes; all
 * of them read, so a new key can be put in front while old rows are sealed again at leisure.
 */
export class FieldCipher {
  private readonly writing: EncryptionKey;

  constructor(
    private readonly keys: readonly EncryptionKey[],
    private readonly random: (size: number) => Uint8Array = randomBytes,
  ) {
    this.writing = must(keys[0], 'the key that seals personal data');
    for (const key of keys) {
      assert(/^[a-z0-9-]{1,16}$/.test(key.id), 'an encryption key id is a short slug');
      assert(key.secret.length === 32, 'an encryption key is 32 bytes');
    }
  }

  seal(text: string, address: FieldAddress): string {
    const nonce = this.random(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.writing.secret, nonce);
    cipher.setAAD(associated(address));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const body = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    return `${this.writing.id}.${body.toString('base64url')}`;
  }

  /** @throws Error when the key is unknown, or the text was altered or belongs elsewhere. */
  open(sealed: string, address: FieldAddress): string {
    const [keyId, body = ''] = sealed.split('.', 2);
    const key = must(
      this.keys.find(({ id }) => id === keyId),
      `the encryption key of ${address.table}.${address.column}`,
    );
    const bytes = Buffer.from(body, 'base64url');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(address));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }
}

/**
 * Finds equal personal data without showing it: HMAC-SHA-256 under a key of its own, since a bare
 * hash of an identity number can be searched exhaustively.
 */
export class BlindIndex {
  constructor(private readonly key: Uint8Array) {
    assert(key.length >= 32, 'a blind index key is at least 32 bytes');
  }

  digest(text: string): Buffer {
    return createHmac('sha256', this.key).update(text, 'utf8').digest();
  }
}

function associated({ table, column, rowId }: FieldAddress): Buffer {
  return Buffer.from(`${table}|${column}|${rowId}`, 'utf8');
}
