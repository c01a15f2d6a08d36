/**
 * `pods/portforward` over WebSocket (RFC 6455) with the channels of `v4.channel.k8s.io`: 0 is the data, 1 the errors; the first
 * message on each is the port in two bytes. Only what clients send here: whole, masked, binary messages.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const protocol = 'v4.channel.k8s.io';
const data = 0;
const error = 1;
const opcodes = { binary: 2, close: 8, ping: 9, pong: 10 };

/** Answers the handshake and joins the channels with what listens in the pod. @param target a text says why nothing does */
export function joinPort(request: IncomingMessage, socket: Duplex, port: number, target: Duplex | string): void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      '\r\n',
    ].join('\r\n'),
  );
  const send = (channel: number, bytes: Buffer): void =>
    void socket.write(frame(opcodes.binary, Buffer.concat([Buffer.of(channel), bytes])));
  const greeting = Buffer.alloc(2);
  greeting.writeUInt16LE(port);
  send(data, greeting);
  send(error, greeting);
  socket.on('error', () => undefined);
  socket.on('end', () => void socket.end());
  if (typeof target === 'string') {
    send(error, Buffer.from(target));
    socket.end(frame(opcodes.close, Buffer.alloc(0)));
    socket.resume();
    return;
  }
  target.on('data', (bytes: Buffer) => send(data, bytes));
  target.on('error', (broken: Error) => send(error, Buffer.from(broken.message)));
  target.on('close', () => void socket.end(frame(opcodes.close, Buffer.alloc(0))));
  socket.on('close', () => void target.destroy());
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let read = takeFrame(rest); read; read = takeFrame(rest)) {
      ({ rest } = read);
      if (read.opcode === opcodes.close) target.end();
      else if (read.opcode === opcodes.ping) socket.write(frame(opcodes.pong, read.payload));
      else if (read.opcode === opcodes.binary && read.payload[0] === data) target.write(read.payload.subarray(1));
    }
  });
}

function frame(opcode: number, payload: Buffer): Buffer {
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (short) head[1] = payload.length;
  else if (payload.length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** The first frame of the bytes, when it is whole. */
function takeFrame(bytes: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 6) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const begin = 2 + extra + 4;
  if (bytes.length < begin) return undefined;
  const length = extra === 2 ? bytes.readUInt16BE(2) : extra === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < begin + length) return undefined;
  const mask = bytes.subarray(begin - 4, begin);
  const payload = Buffer.from(bytes.subarray(begin, begin + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, rest: bytes.subarray(begin + length) };
}
