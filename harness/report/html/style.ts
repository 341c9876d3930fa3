export const STYLE = `
:root{color-scheme:light dark;
--paper:#faf9f6;--surface:#ffffff;--sunk:#f1efea;--ink:#1c1e22;--muted:#5a5e66;--line:#e2dfd8;--accent:#24588a;
--good:#17683f;--good-bg:#e3f1e8;--bad:#a3211b;--bad-bg:#fbe7e4;--warn:#764f00;--warn-bg:#faeecd;
--fault:#b8470f;--band:rgba(200,80,20,.11);--i1:#2f6fa8;--i2:#7a58ab;--i3:#2c7f6b;--i4:#a9682a;--i5:#a84b73}
@media (prefers-color-scheme:dark){:root{
--paper:#14161a;--surface:#1b1e23;--sunk:#22262c;--ink:#e9e7e2;--muted:#a4a8b0;--line:#32363d;--accent:#8dbbe6;
--good:#72cf9b;--good-bg:#152b1f;--bad:#ff958a;--bad-bg:#381a19;--warn:#e8bb55;--warn-bg:#2e2512;
--fault:#ff9c63;--band:rgba(255,140,80,.14);--i1:#6aa9de;--i2:#b396e0;--i3:#62bfa8;--i4:#dba264;--i5:#e08bb0}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:400 16px/1.6 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;-webkit-text-size-adjust:100%;text-rendering:optimizeLegibility}
.page{max-width:76rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:3px}
article.story:focus{outline:none}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.5rem 1rem;z-index:9}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 2rem;color:var(--muted);font-size:.875rem;border-bottom:1px solid var(--line);padding-bottom:.75rem}
header p{margin:0}.brand strong{color:var(--ink);letter-spacing:-.01em}.when{font-variant-numeric:tabular-nums}
nav{margin:1rem 0 0;font-size:.875rem}nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.125rem 1.1rem}
nav a{color:var(--muted);text-decoration:none;display:inline-block;padding:.2rem 0}nav a:hover{color:var(--ink);text-decoration:underline}
@media (min-width:74rem){
.page{display:grid;grid-template-columns:12rem minmax(0,1fr);grid-template-rows:auto 1fr auto;column-gap:3rem}
header,footer{grid-column:1/-1}main{grid-column:2}
nav{position:sticky;top:1.5rem;align-self:start;margin-top:2.75rem;max-height:calc(100vh - 3rem);overflow:auto}nav ol{display:block}nav a{padding:.22rem 0}}
h1,h2,h3,h4,h5{line-height:1.25;letter-spacing:-.012em;margin:0;text-wrap:balance}
h1{font-size:clamp(1.75rem,1.2rem + 2.4vw,2.75rem);font-weight:680;letter-spacing:-.028em;line-height:1.12;max-width:24ch}
h2{font-size:1.375rem;font-weight:650}h3{font-size:1.125rem;font-weight:650}h4{font-size:1rem;font-weight:650;margin:1.75rem 0 .5rem}h5{font-size:.9375rem;font-weight:650;margin:1.25rem 0 .4rem}
p{margin:.6rem 0;max-width:72ch}ul,ol{padding-left:1.25rem;margin:.6rem 0}li{margin:.2rem 0;max-width:72ch}
code{font:.875em/1.4 ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
.muted,.hint,.note{color:var(--muted)}.hint,.note{font-size:.875rem}.note{font-style:italic}
.lead{font-size:1.0625rem}
.verdict{padding:2.5rem 0 2.25rem}
.badge{margin:0 0 .9rem;font-size:.9375rem}
.sentences{font-size:1.125rem;max-width:62ch;margin-top:1rem;color:var(--ink)}
.partial{border-left:4px solid var(--warn);background:var(--warn-bg);padding:.75rem 1rem;border-radius:0 6px 6px 0}
.finding{border-left:4px solid var(--bad);background:var(--bad-bg);padding:.75rem 1rem;border-radius:0 6px 6px 0;overflow-wrap:anywhere}
.chip{display:inline-block;white-space:nowrap;font-size:.8125em;font-weight:600;line-height:1.5;padding:.05em .6em;border-radius:99px;background:var(--sunk);color:var(--muted)}
.chip.good{background:var(--good-bg);color:var(--good)}.chip.bad{background:var(--bad-bg);color:var(--bad)}.chip.warn{background:var(--warn-bg);color:var(--warn)}
.figures{overflow:hidden;display:flex;flex-wrap:wrap;margin:2rem 0 1.5rem;border:1px solid var(--line);border-radius:10px;background:var(--surface)}
.figure{display:flex;flex-direction:column;flex:1 1 8.5rem;padding:.9rem 1.25rem;border-left:1px solid var(--line);margin-left:-1px}
.figure dd{margin:0;font-size:1.75rem;font-weight:640;letter-spacing:-.025em;line-height:1.2;font-variant-numeric:tabular-nums;white-space:nowrap}
.figure dt{order:1;color:var(--muted);font-size:.8125rem}.figure.bad dd{color:var(--bad)}
.wayin{list-style:none;padding:0;margin:1.25rem 0 0}.wayin a{font-weight:600}
.part{padding:2.25rem 0;border-top:1px solid var(--line)}
.part>h3{margin-bottom:.9rem}.only>.part>h3{font-size:1.375rem}
.chapter:not(.only){margin-top:2rem;border-top:3px solid var(--ink);padding-top:1.25rem}.chapter:not(.only)>.part:nth-child(2){border-top:0;padding-top:1.25rem}
.chaptername .chip{margin-left:.4rem;vertical-align:.12em;letter-spacing:0}
.outcomebar{display:block;width:100%;height:14px;border-radius:7px;background:var(--sunk);overflow:hidden}
.outcome.good{fill:var(--good)}.outcome.bad{fill:var(--bad)}.outcome.warn{fill:var(--warn)}
.counts{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.5rem;padding:0;margin:.6rem 0 1rem}.counts strong{font-variant-numeric:tabular-nums}
.counts .bad{color:var(--bad)}.counts .warn{color:var(--warn)}.counts .none{color:var(--muted)}
.scroll{overflow-x:auto;margin:.75rem 0;scrollbar-width:thin}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.45;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.5rem .9rem .5rem 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;white-space:nowrap;vertical-align:bottom}tbody th{font-weight:500}.num{text-align:right}
tbody th{min-width:9rem}.short{white-space:nowrap}th code{display:inline-block;min-width:11.5rem}td code{display:inline-block;min-width:10rem}td ul{margin:0;padding-left:1rem}
tbody tr:last-child>*{border-bottom:0}
.pairs{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.4rem 1.5rem;margin:.75rem 0}.pairs dt{color:var(--muted)}.pairs dd{margin:0;max-width:72ch}.pairs ul{margin:0}
.pairs.tight{font-size:.9375rem;gap:.15rem 1.5rem}
details{margin:.9rem 0}summary{cursor:pointer;color:var(--accent);font-weight:500;padding:.25rem 0}summary:hover{text-decoration:underline}
input[type=search]{font:inherit;color:inherit;background:var(--surface);border:1px solid var(--muted);border-radius:6px;padding:.3rem .6rem;width:16rem;max-width:100%}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem 2rem}.columns li{overflow-wrap:anywhere}.columns h4{margin-top:.25rem}
.story{border:1px solid var(--line);border-radius:10px;background:var(--surface);padding:1.25rem 1.5rem;margin:1.25rem 0}.story:target{border-color:var(--accent)}
.story h4{margin:0 0 .5rem;font-size:1.125rem}.reproduce code{background:var(--sunk);padding:.2rem .5rem;border-radius:5px;display:inline-block}.back{font-size:.875rem;margin-bottom:0}
.steps ol{list-style:none;padding:0;margin:.75rem 0 0}.steps li{display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:0 1rem;padding:.45rem 0;border-bottom:1px solid var(--line);max-width:none;margin:0}
.steps .when{color:var(--muted);text-align:right;font-variant-numeric:tabular-nums}.steps .proof{grid-column:2;color:var(--muted);font-size:.8125rem;overflow-wrap:anywhere}
.steps .fault .words,.steps .death .words,.steps .held .words,.steps .dropped .words{color:var(--fault);font-weight:550}.steps .refused .words{color:var(--bad);font-weight:550}
.advice{border-left:4px solid var(--accent);padding:.1rem 0 .1rem 1rem;margin:1rem 0}.advice p{overflow-wrap:anywhere}
footer{border-top:1px solid var(--line);margin-top:2rem;padding-top:1rem;color:var(--muted);font-size:.875rem}
.drawing svg{display:block;min-width:46rem;width:100%;height:auto;font-family:inherit}
svg text{fill:var(--ink);font-size:12px}
.axis text{fill:var(--muted);font-size:11px}.hair{stroke:var(--line)}.zero{stroke:var(--fault);stroke-dasharray:3 3}
.band{fill:var(--band)}.strike{stroke:var(--fault);stroke-width:1.5}.bandname{fill:var(--fault);font-weight:600;font-size:11px}
.lanename{fill:var(--ink)}.rail{stroke:var(--line)}
.i1{--c:var(--i1)}.i2{--c:var(--i2)}.i3{--c:var(--i3)}.i4{--c:var(--i4)}.i5{--c:var(--i5)}
.bar{fill:var(--c);opacity:.55}.bar.starting{opacity:.2}.bar.owned{opacity:.4}
.mark.delivery{fill:var(--ink);opacity:.75}.mark.redelivery{fill:var(--surface);stroke:var(--ink);stroke-width:1.5}.mark.commit{stroke:var(--ink);opacity:.55}.mark.offset{stroke:var(--ink);opacity:.55}
.mark.held,.mark.dropped{stroke:var(--fault);stroke-width:2;fill:none}.mark.death{stroke:var(--bad);stroke-width:3;fill:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;padding:0;margin:.35rem 0 0;font-size:.8125rem;color:var(--muted)}.legend li{display:flex;align-items:center;gap:.4rem}
.point.once{fill:var(--i1);opacity:.8}.point.again{fill:var(--surface);stroke:var(--i2);stroke-width:2}.point.risk{stroke:var(--bad);stroke-width:2.5;fill:none}
.q50{stroke:var(--ink);stroke-width:1.5}.q95{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4;opacity:.7}
.sent{fill:none;stroke:var(--muted);stroke-width:1.75}.done{fill:none;stroke:var(--i3);stroke-width:2}
.track{fill:var(--sunk)}.recovered{fill:var(--i3)}.recovered.late{fill:var(--bad)}.value{font-weight:600}.target line{stroke:var(--ink);stroke-dasharray:4 3}.target text{font-size:11px;fill:var(--muted)}
.actor{font-weight:650;font-size:13px}.life{stroke:var(--line);stroke-width:2}.life.gone{stroke-dasharray:2 6}
.step .time{fill:var(--muted);font-size:11px}.step .says{font-size:11.5px;paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.arrow{stroke:var(--accent);stroke-width:1.5}.tip{fill:var(--accent)}.cross{stroke:var(--fault);stroke-width:2.5;fill:none}
.step.held .arrow,.step.dropped .arrow{stroke:var(--fault);stroke-dasharray:5 4}.step.held .says,.step.dropped .says{fill:var(--fault);font-weight:600}
.step.refused .arrow{stroke:var(--bad)}.step.refused .tip{fill:var(--bad)}.step.refused .says{fill:var(--bad);font-weight:600}
.box{fill:var(--sunk);stroke:var(--line)}.step.fault .box{fill:var(--surface);stroke:var(--fault)}.step.fault .says{fill:var(--fault);font-weight:600;stroke:none}.step.mark .says{stroke:none}
.step.wrong .box{fill:var(--bad-bg);stroke:var(--bad)}.step.wrong .says{fill:var(--bad);font-weight:650;stroke:none}.step.death .cross{stroke:var(--bad);stroke-width:3.5}.step.death .says{fill:var(--bad);font-weight:650}
.node rect{fill:var(--surface);stroke:var(--muted)}.node text{font-weight:600;font-size:13px}
.hop .way{fill:none;stroke:var(--c);stroke-width:2.5}.hop circle{fill:var(--surface);stroke:var(--c);stroke-width:2}.hop .sign{fill:var(--c);font-weight:700;font-size:14px}
.hop.good{--c:var(--good)}.hop.bad{--c:var(--bad)}.hop.warn{--c:var(--warn)}.hop.mute{--c:var(--muted)}.hop.mute .way{stroke-dasharray:4 5;stroke-width:1.75}
@media (max-width:40rem){nav ol{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:thin;padding-bottom:.4rem}nav a{white-space:nowrap}.page{padding:1rem 1rem 3rem}.verdict{padding:1.75rem 0 1.5rem}.sentences{font-size:1rem}.pairs{grid-template-columns:1fr;gap:0}.pairs dd{margin:0 0 .6rem}.pairs.tight dd{margin-bottom:.4rem}.figure{flex-basis:45%;padding:.7rem .9rem;border-top:1px solid var(--line);margin-top:-1px}.figure dd{font-size:1.375rem}.figures{overflow:hidden}.story{padding:1rem;margin-inline:-.25rem}.steps li{grid-template-columns:1fr}.steps .when{text-align:left}.steps .proof{grid-column:1}.part{padding:1.75rem 0}}
@media print{
:root{color-scheme:light;--paper:#fff;--surface:#fff;--sunk:#f2f2f0;--ink:#000;--muted:#444;--line:#ccc;--accent:#123f68;--good:#17683f;--good-bg:#fff;--bad:#a3211b;--bad-bg:#fff;--warn:#764f00;--warn-bg:#fff;--fault:#b8470f;--band:rgba(200,80,20,.14);--i1:#2f6fa8;--i2:#7a58ab;--i3:#2c7f6b;--i4:#a9682a;--i5:#a84b73}
@page{margin:16mm 14mm}
body{font-size:10pt;background:#fff}.page{display:block;max-width:none;padding:0}nav,.skip,.filter,.back,.wayin{display:none}
.drawing svg{min-width:0}.scroll{overflow:visible}.part{padding:5mm 0}h1{font-size:22pt}.sentences{font-size:11.5pt}.lead{font-size:10.5pt}.story h4{font-size:12pt}
h2,h3,h4,summary{break-after:avoid}tr,.figures,.advice,.finding,svg{break-inside:avoid}.part:has(.story){break-before:page}.story~.story{break-before:page}.story{border:0;padding:0}.story svg{max-height:165mm}
.chip{border:1px solid currentColor}table{font-size:8.5pt}th,td{padding-right:.5rem}td code,th code{min-width:0}a{color:inherit;text-decoration:none}.story svg{break-inside:auto}}
`;
