/**
 * A Comlink endpoint whose messages are msgpack bytes, handed over and not cloned. `moreTypes` keeps a Float32Array a
 * Float32Array; plain maps (no records) keep every key as it is. The JavaScript build of msgpackr is named on purpose:
 * its native part would have to be there for every platform.
 */
import type { Endpoint } from 'comlink'
import { Packr, Unpackr } from 'msgpackr/pack'
import { CodiError } from '../base/errors.ts'

/** What a Worker and a worker's own global scope have in common. */
export interface Port {
  postMessage(message: Uint8Array, transfer: ArrayBuffer[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

type Listener = Parameters<Endpoint['addEventListener']>[1]

export interface MessageEndpoint extends Endpoint {
  postMessage(message: unknown): void
}

/** A message larger than this makes the packer's buffer start small again, so that it is not kept for ever. */
const maxKeptBufferBytes = 1024 * 1024
const freshBufferBytes = 8 * 1024

/** `onGarbled` hears of bytes that are not msgpack; without it they throw where they arrive. */
export function openEndpoint(port: Port, onGarbled?: (thrown: unknown) => void): MessageEndpoint {
  const packr = Object.assign(new Packr({ moreTypes: true, useRecords: false }), {
    // Without this a function would silently become undefined.
    writeFunction() {
      throw new CodiError('internal', 'A function cannot cross to a worker; send plain data')
    },
  })
  const unpackr = new Unpackr({ moreTypes: true, useRecords: false })
  const listeners = new Set<Listener>()

  port.addEventListener('message', (event) => {
    if (!(event.data instanceof Uint8Array)) return
    let data: unknown
    try {
      data = unpackr.unpack(event.data)
    } catch (thrown) {
      if (!onGarbled) throw thrown
      return onGarbled(thrown)
    }
    const decoded = new MessageEvent('message', { data })
    for (const listener of listeners) {
      if (typeof listener === 'function') listener(decoded)
      else listener.handleEvent(decoded)
    }
  })

  return {
    postMessage(message) {
      const packed = packr.pack(message)
      // The packer goes on writing behind `packed`, in the same memory: only a copy can be handed over.
      const bytes = new Uint8Array(packed)
      if (bytes.length > maxKeptBufferBytes) packr.useBuffer(Buffer.alloc(freshBufferBytes))
      port.postMessage(bytes, [bytes.buffer])
    },
    addEventListener(type, listener) {
      if (type === 'message') listeners.add(listener)
    },
    removeEventListener(type, listener) {
      if (type === 'message') listeners.delete(listener)
    },
  }
}
