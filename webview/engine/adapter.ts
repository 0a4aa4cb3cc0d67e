// Finding a device to compute on, and telling people what it is.
//   const { device, name, software } = await openDevice(navigator.gpu);

export interface OpenDevice {
  device: GPUDevice;
  /** "NVIDIA GeForce RTX 4070", "SwiftShader Device (Subzero)". */
  name: string;
  /** Runs on the CPU: right, but slow. */
  software: boolean;
}

/** No device to compute on; `reason` is one of the cases that the panel explains. */
export class NoDeviceError extends Error {
  readonly reason: 'noWebGpu' | 'noAdapter' | 'noDevice';
  constructor(reason: NoDeviceError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|warp|basic render/i;

export async function openDevice(gpu: GPU | undefined): Promise<OpenDevice> {
  if (!gpu) throw new NoDeviceError('noWebGpu', 'WebGPU is not available here.');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new NoDeviceError('noAdapter', 'WebGPU is available, but it offers no adapter.');
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  try {
    const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
    return { device, ...describeAdapter(adapter.info) };
  } catch (error) {
    throw new NoDeviceError('noDevice', error instanceof Error ? error.message : String(error));
  }
}

export function describeAdapter(info: GPUAdapterInfo): { name: string; software: boolean } {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const short = [vendor, architecture].filter(Boolean).join(' ');
  const name = description || device || short || 'unnamed adapter';
  return { name, software: isFallbackAdapter || SOFTWARE.test(`${name} ${short}`) };
}
