// Text in a form that fits into an address: deflated, in the letters of base64url. Both ways work
// without a secure context, for a server in a classroom has no certificate.

const CHUNK = 8192; // bytes made into letters at a time

export async function pack(text) {
  const small = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(small).arrayBuffer());
  let letters = "";
  for (let i = 0; i < bytes.length; i += CHUNK) letters += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// What was packed; refuses what would grow beyond so many bytes.
export async function unpack(packed, most) {
  const broken = new Error("The scenario in this address is damaged or cut off.");
  let bytes;
  try {
    bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    throw broken;
  }
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.length;
      if (size > most) {
        await reader.cancel();
        throw broken;
      }
      parts.push(step.value);
    }
  } catch {
    throw broken;
  }
  return new Blob(parts).text();
}

// A short name for a text that does not fit into an address (FNV-1a, 32 bits).
export function digest(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
