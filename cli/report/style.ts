/** The look of a report: light and dark, narrow and wide, screen and paper. No font is fetched. */
export const style = `
:root{color-scheme:light dark;--back:#fff;--card:#f6f7f9;--text:#1b1f24;--soft:#5b6470;--line:#d9dee5;
--s0:#1f6feb;--s1:#c4570b;--s2:#0a7f5a;--s3:#8a3fb8;--s4:#8a6d00;--s5:#bf2c62;--mark:#e3edfd}
@media(prefers-color-scheme:dark){:root{--back:#14171c;--card:#1d2128;--text:#e6e9ee;--soft:#9aa4b1;
--line:#343b46;--s0:#6ea8ff;--s1:#f0935a;--s2:#4bc79d;--s3:#c38cf0;--s4:#d8b848;--s5:#f07da6;--mark:#22324d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:68rem;padding:2rem 1.25rem 4rem;background:var(--back);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2.4rem 0 .8rem;border-bottom:1px solid var(--line);
padding-bottom:.3rem}.lead{color:var(--soft);margin:0 0 1.2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0}dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace}
pre{background:var(--card);padding:.8rem;overflow:auto;border-radius:6px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.7rem;margin:0 0 1rem}
.card{background:var(--card);border-radius:6px;padding:.6rem .8rem}.card b{display:block;font-size:1.35rem;
font-weight:600;font-variant-numeric:tabular-nums}.card{color:var(--soft);font-size:.85rem}.card b{color:var(--text)}.card span{float:right}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(24rem,100%),1fr));gap:1.2rem}
figure{margin:0;break-inside:avoid}figcaption{font-weight:600;margin-bottom:.3rem}
.note{color:var(--soft);font-size:.85rem;margin:.3rem 0 0}svg{width:100%;height:auto;display:block}
.grid{stroke:var(--line);stroke-width:1}.tick,.axis{fill:var(--soft);font-size:12px}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.reference{fill:none;stroke:var(--soft);stroke-dasharray:4 4}
.cell{fill:var(--s0)}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.2rem 0 0;padding:0;
font-size:.85rem}.legend i{display:inline-block;width:.8rem;height:.8rem;border-radius:2px;margin-right:.35rem;
vertical-align:-1px}
${[0, 1, 2, 3, 4, 5].map((i) => `.line.s${i}{stroke:var(--s${i})}.dot.s${i}{fill:var(--s${i})}i.s${i}{background:var(--s${i})}`).join('')}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.25rem .7rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500}th:first-child,td:first-child{text-align:left}.marked td{background:var(--mark);
font-weight:600}.confusion td.count{text-align:center;min-width:3.4rem;border:1px solid var(--back)}
.bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:.25rem .8rem;align-items:center}
.track{background:var(--card);border-radius:3px;height:.9rem}.track b{display:block;height:100%;background:var(--s0);
border-radius:3px;min-width:1px;print-color-adjust:exact;-webkit-print-color-adjust:exact}.value{color:var(--soft);
font-variant-numeric:tabular-nums}details{margin-top:1rem}summary{cursor:pointer;color:var(--soft)}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:11pt}section{break-inside:auto}
h2{break-after:avoid}.wide{overflow:visible}details>summary{display:none}}
`;
