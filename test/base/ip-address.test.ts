/** Which addresses are public. */
import { describe, expect, test } from 'bun:test'
import { addressKind } from '../../src/base/ip-address.ts'

const kinds: Record<string, string[]> = {
  public: [
    '1.1.1.1',
    '8.8.8.8',
    '203.0.113.80',
    '198.18.0.1',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '2606:4700:4700::1111',
    '2a00:1450:4001:81b::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ],
  loopback: [
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '100.127.255.255',
    'fc00::1',
    'fdff::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '2002:c0a8:101::',
  ],
  'link-local': ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
  ],
  multicast: ['224.0.0.1', '239.1.1.1', 'ff02::1'],
  reserved: ['240.0.0.1', '255.255.255.255', '2001::1', '100::1', '64:ff9b:1::1', '4000::1'],
}

describe('an address', () => {
  for (const [kind, addresses] of Object.entries(kinds)) {
    test(`is ${kind}: ${addresses.length} of them`, () => {
      for (const address of addresses)
        expect(`${address} ${addressKind(address)}`).toBe(`${address} ${kind}`)
    })
  }

  test('is undefined for what is none', () => {
    for (const text of [
      '',
      'localhost',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '0x7f.0.0.1',
      ':::',
      '1::2::3',
      '12345::',
      '::1.2.3',
      '1:2:3:4:5:6:7:8:9',
      '::g',
    ])
      expect(`${text} ${addressKind(text)}`).toBe(`${text} undefined`)
  })
})
