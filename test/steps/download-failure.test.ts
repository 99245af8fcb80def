import { describe, expect, test } from 'vitest';
import { downloadFailure } from '../../agent/steps/download-failure.ts';

function failing(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

describe('the reason of a failed download', () => {
  test.each([
    [
      'an error without a code, in its own words and without the URL',
      new Error('request to https://a.example/s?signature=hush failed, reason: it went away'),
      'it went away',
    ],
    [
      'a URL in the reason itself',
      new Error('cannot use https://a.example/s?signature=hush'),
      'cannot use the URL',
    ],
    ['a mistake in a program', new TypeError('x is not a function'), 'x is not a function'],
    ['an error without any words', new TypeError(''), 'it is not said why'],
    [
      'an errno name with no words of ours',
      failing('ENOBUFS', 'connect ENOBUFS'),
      'no buffer space available',
    ],
    ['name servers that are mute', failing('EAI_AGAIN', 'getaddrinfo EAI_AGAIN x'), 'no name server answers'],
    [
      'TLS that is none',
      failing('EPROTO', 'write EPROTO 00:error:0A00010B:SSL routines:f:wrong version number:a.c:1:\n'),
      'no TLS connection could be agreed on: wrong version number',
    ],
  ])('is a sentence: %s', (_, error, reason) => {
    expect(downloadFailure(error).reason).toBe(reason);
  });

  test('of a certificate is final, that of a network may pass', () => {
    expect(downloadFailure(failing('CERT_HAS_EXPIRED', 'certificate has expired')).passing).toBe(false);
    expect(downloadFailure(failing('ENETUNREACH', 'connect ENETUNREACH')).passing).toBe(true);
  });
});
