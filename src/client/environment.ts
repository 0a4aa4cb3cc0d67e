// The selected Python environment: where installed packages lie, so that what a model imports from them is read as source.
//   from timm.layers import DropPath      # found in .venv/lib/python3.11/site-packages

import * as vscode from 'vscode';

/** The part of the Python extension's interface that we use (its `PythonExtension.environments`). */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { sysPrefix?: string } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** Environments that lie in the folder itself, where no Python extension tells. */
const localNames = ['.venv', 'venv', 'env'];

/** Folders of installed packages; calls `changed` now, and again when another environment is selected. */
export function watchEnvironment(changed: (packages: readonly string[]) => void): vscode.Disposable {
  const disposables: vscode.Disposable[] = [];
  const tell = async (api: PythonApi | null): Promise<void> => changed(await packageFolders(api));
  void pythonApi().then((api) => {
    const listen = api?.environments?.onDidChangeActiveEnvironmentPath(() => void tell(api));
    if (listen) disposables.push(listen);
    return tell(api);
  });
  return { dispose: () => vscode.Disposable.from(...disposables).dispose() };
}

async function pythonApi(): Promise<PythonApi | null> {
  try {
    const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
    return extension ? await extension.activate() : null;
  } catch {
    return null;
  }
}

async function packageFolders(api: PythonApi | null): Promise<string[]> {
  const selected = await selectedPrefix(api);
  const prefixes = selected
    ? [vscode.Uri.file(selected)]
    : (vscode.workspace.workspaceFolders ?? []).flatMap((f) =>
        localNames.map((name) => vscode.Uri.joinPath(f.uri, name)),
      );
  const found = await Promise.all(prefixes.map(sitePackages));
  return found.flat().map(String);
}

async function selectedPrefix(api: PythonApi | null): Promise<string | null> {
  try {
    const path = api?.environments?.getActiveEnvironmentPath();
    const environment = path && (await api?.environments?.resolveEnvironment(path));
    return environment?.executable.sysPrefix ?? null;
  } catch {
    return null;
  }
}

/** lib/python3.x/site-packages, or Lib/site-packages on Windows. */
async function sitePackages(prefix: vscode.Uri): Promise<vscode.Uri[]> {
  const versions = (await entries(vscode.Uri.joinPath(prefix, 'lib'))).filter((name) => /^python3\.\d+$/.test(name));
  const candidates = [
    ...versions.map((name) => vscode.Uri.joinPath(prefix, 'lib', name, 'site-packages')),
    vscode.Uri.joinPath(prefix, 'Lib', 'site-packages'),
  ];
  const there = await Promise.all(candidates.map(async (uri) => ((await entries(uri)).length > 0 ? [uri] : [])));
  // Where letters' case does not count, both spellings are the same folder.
  return there.flat().slice(0, Math.max(1, versions.length));
}

/** Names in a folder; none where there is no such folder. */
async function entries(folder: vscode.Uri): Promise<string[]> {
  try {
    return (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
  } catch {
    return [];
  }
}
