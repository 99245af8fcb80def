import { errorCode } from '../system/root-error.ts';
import { meaningOf } from '../system/system-error.ts';

/** Why an attempt to fetch something failed. */
export interface Failure {
  /** A sentence without its full stop, and without the URL. */
  readonly reason: string;
  /** Whether a retry may succeed. */
  readonly passing: boolean;
}

/** Network failures, in clearer words than libuv's. They can pass: the network may still come up, a server may return. */
const passing: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing accepts connections at that address and port',
  ECONNRESET: 'the server broke the connection off',
  EPIPE: 'the server broke the connection off',
  ERR_STREAM_PREMATURE_CLOSE: 'the server broke the connection off in the middle of its answer',
  ENOTFOUND: 'the name servers know no such host',
  EAI_AGAIN: 'no name server answers',
  EAI_FAIL: 'the name servers cannot resolve the host name',
  ENETUNREACH: 'there is no route to its network',
  EHOSTUNREACH: 'there is no route to the host',
  ENETDOWN: 'the network is down',
  ETIMEDOUT: 'the host does not answer',
};

/**
 * What is wrong with a certificate, by OpenSSL's names (X509_V_ERR_*, as Node.js gives them). None of these faults goes
 * away before a deadline.
 */
const certificate: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate of the server, or of its authority, has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet; look at the clock',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another host name',
  CERT_REVOKED: 'the certificate of the server was revoked',
  CERT_SIGNATURE_FAILURE: 'the signature of the certificate is wrong',
  INVALID_CA: 'the certificate of the authority may not sign others',
  INVALID_PURPOSE: 'the certificate is not one of a server',
  HOSTNAME_MISMATCH: 'the certificate of the server is for another host name',
  CERT_CHAIN_TOO_LONG: 'the chain of certificates is too long',
  EE_KEY_TOO_SMALL: 'the key of the certificate is too short',
  CA_KEY_TOO_SMALL: 'the key of the authority is too short',
  CA_MD_TOO_WEAK: 'the signature of the authority is too weak',
};

/** OpenSSL's names for a chain that ends at no trusted authority. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Explain an error of node-fetch or of a layer below it. `trusted` names the authorities that were used. */
export function downloadFailure(error: unknown, trusted = 'no trust store'): Failure {
  const code = errorCode(error) ?? '';
  if (untrusted.has(code))
    return {
      reason: `its certificate is signed by no authority that this image trusts (${trusted}); add the authority to the trust store of the image`,
      passing: false,
    };
  const fault = certificate[code];
  if (fault !== undefined) return { reason: fault, passing: false };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { reason: `no TLS connection could be agreed on: ${tlsReason(error)}`, passing: false };
  // llhttp's names for what it cannot parse.
  if (code.startsWith('HPE_')) return { reason: 'the answer is not HTTP', passing: true };
  const reason = passing[code] ?? meaningOf(code) ?? messageOf(error);
  return { reason, passing: true };
}

/** The reason in OpenSSL's words. They come as `…:error:0A00010B:SSL routines:function:wrong version number:file:line:`. */
function tlsReason(error: unknown): string {
  const message = messageOf(error);
  return /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}

/** node-fetch puts the URL before the reason, and the query of a URL may be secret. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/^.*reason: /s, '').replaceAll(/https?:\S+/g, 'the URL');
  return message === '' ? 'it is not said why' : message;
}
