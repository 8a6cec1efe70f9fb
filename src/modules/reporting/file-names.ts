/** The files that every report has, whatever its formats. */
export const REPORT_FILE = 'report.json';
export const CHANGES_FILE = 'changes.json';
export const MANIFEST_FILE = 'manifest.json';
export const SIGNATURE_FILE = 'manifest.jws';
export const KEY_FILE = 'key.pem';
export const PACK_FILE = 'pack.zip';
