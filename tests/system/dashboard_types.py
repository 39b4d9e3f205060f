#!/usr/bin/env python3
"""Checks every dashboard of deploy/grafana against Grafana's own types.

    dashboard_types.py [FOLDER]

Installs npm @grafana/schema and typescript into FOLDER (kept, so that a second run is quick; a temporary
one by default), writes each dashboard as a typed constant and lets tsc judge it. Unknown keys and values
off Grafana's lists are errors. Exit 0: all right; 1: a dashboard is wrong; 2: it could not be checked.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"
PACKAGES = ["@grafana/schema@12", "typescript@5"]

# JSON cannot name an enum's member: a string enum is accepted as its value, everything else as it is.
PRELUDE = """
import type * as ui from '@grafana/schema';
type Json<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
// Of the panels only what is drawn: fieldConfig.defaults.custom without the index signature that would let anything in.
type Panel<K extends string, O, C> = Json<Omit<ui.Panel<Record<string, unknown>, object>, 'type' | 'options' | 'fieldConfig' | 'targets'>> & {
  type: K; options: Json<O>; targets?: Query[];
  fieldConfig?: { defaults: Json<Omit<ui.FieldConfig, 'custom'>> & { custom?: Json<C> }; overrides: Json<ui.FieldConfigSource['overrides']> };
};
type Query = { refId: string; datasource: { type: 'prometheus'; uid: string }; editorMode: 'code'; expr: string;
  instant: boolean; range: boolean; format: 'time_series' | 'table' | 'heatmap'; legendFormat?: string };
"""
PANELS = {
    "stat": ("StatPanelCfg", "stat", "{}"),
    "bargauge": ("BarGaugePanelCfg", "bargauge", "{}"),
    "text": ("TextPanelCfg", "text", "{}"),
    "table": ("TablePanelCfg", "table", "Partial<ui.TableFieldOptions>"),
    "state-timeline": ("StateTimelinePanelCfg", "statetimeline", None),
    "timeseries": ("TimeSeriesPanelCfg", "timeseries", None),
    "heatmap": ("HeatmapPanelCfg", "heatmap", None),
}


def program(dashboards):
    lines = [PRELUDE]
    for kind, (config, folder, custom) in PANELS.items():
        name = config.removesuffix("PanelCfg")
        path = f"@grafana/schema/dist/esm/raw/composable/{folder}/panelcfg/x/{config}_types.gen"
        lines.append(f"import type * as {name} from '{path}';")
        custom = custom or f"Partial<{name}.FieldConfig>"
        lines.append(f"type {name}Panel = Panel<'{kind}', {name}.Options, {custom}>;")
    union = " | ".join(config.removesuffix("PanelCfg") + "Panel" for config, _, _ in PANELS.values())
    lines.append(f"type AnyPanel = {union};")
    lines.append("type Board = Json<Omit<ui.Dashboard, 'panels'>> & { panels: AnyPanel[] };")
    for number, path in enumerate(dashboards):
        board = json.loads(path.read_text(encoding="utf-8"))
        lines.append(f"// {path.name}")
        lines.append(f"export const board{number}: Board = {json.dumps(board, ensure_ascii=False, indent=1)};")
    return "\n".join(lines) + "\n"


def run(command, folder):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def main():
    dashboards = sorted(DASHBOARDS.glob("*.json"))
    if not dashboards:
        print(f"no dashboards in {DASHBOARDS}")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "node_modules" / "typescript").exists():
            (folder / "package.json").write_text('{"private": true}')
            installed = run(["npm", "install", "--no-audit", "--no-fund", *PACKAGES], folder)
            if installed.returncode != 0:
                print(installed.stdout)
                print("installing Grafana's types failed: is the npm registry reachable?")
                return 2
        (folder / "check.ts").write_text(program(dashboards), encoding="utf-8")
        options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext"]
        checked = run(["node_modules/.bin/tsc", *options, "check.ts"], folder)
        print(checked.stdout, end="")
        print(f"{len(dashboards)} dashboard(s) checked: {'wrong' if checked.returncode else 'all right'}")
        return 1 if checked.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
