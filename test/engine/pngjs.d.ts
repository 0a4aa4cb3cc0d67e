// The little of pngjs that tests use; the package brings no types.
declare module 'pngjs' {
  export interface PngImage {
    width: number;
    height: number;
    /** RGBA, 8 bits each. */
    data: Buffer;
  }
  export const PNG: { sync: { read(file: Buffer): PngImage; write(image: PngImage): Buffer } };
}
