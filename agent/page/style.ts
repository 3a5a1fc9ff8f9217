/** The portal's palette and voice of form (docs/decisions/0024): hue for status alone, word and shape and fill together, 48 px for gloves. */
export const STYLE = `
:root{color-scheme:light dark;
--surface:light-dark(#fff,#12171e);--sunk:light-dark(#f6f7f9,#0c1016);--line:light-dark(#c9d0d9,#37424f);
--text:light-dark(#12171d,#e8ecf1);--text-2:light-dark(#475160,#adb6c2);--ink:light-dark(#12171d,#e8ecf1);--on-ink:light-dark(#fff,#0c1016);
--accent:light-dark(#3b5f80,#9dbbd6);--unsafe:light-dark(#a80000,#ff5c5c);--on-unsafe:light-dark(#fff,#12060a);
--updating:light-dark(#005a63,#4fd1c5);--grey:light-dark(#5c6470,#9aa3af);--fine:light-dark(#2e7d32,#9be28a)}
*{box-sizing:border-box}
body{margin:0;background:var(--sunk);color:var(--text);font:400 18px/26px system-ui,sans-serif;overflow-wrap:anywhere}
.page{max-width:880px;margin:0 auto;padding:16px}
header.top{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;justify-content:space-between}
h1{font:600 24px/30px system-ui,sans-serif;margin:0}
h2{font:600 18px/26px system-ui,sans-serif;margin:0 0 8px}
section,form.card{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:16px;margin:16px 0}
p{margin:0 0 8px}p:last-child{margin-bottom:0}
dl{margin:0;display:grid;grid-template-columns:minmax(120px,220px) 1fr;gap:8px 16px}
dt{color:var(--text-2)}dd{margin:0}
ul,ol{margin:0;padding:0;list-style:none}li{padding:4px 0}
code{font:400 15px/24px ui-monospace,monospace}.dim{color:var(--text-2)}
a{color:var(--accent);text-underline-offset:3px}
a.tap,button,.choice{display:flex;align-items:center;gap:12px;min-height:56px;width:100%;padding:12px 16px;border:1px solid var(--line);border-radius:6px;background:var(--surface);color:var(--text);font:600 18px/24px system-ui,sans-serif;text-align:start;text-decoration:none;cursor:pointer}
a.tap{margin:8px 0}a.small{display:inline-flex;align-items:center;min-height:48px;min-width:48px;padding:0 8px}
button{justify-content:center;background:var(--ink);color:var(--on-ink);border-color:var(--ink);min-height:64px;margin-top:16px}
button[disabled]{background:var(--surface);color:var(--text-2);border:2px dashed var(--line);cursor:not-allowed}
label{display:block;margin:12px 0 4px;font-weight:600}.choice{margin:8px 0;font-weight:400}
input[type=text],input[type=password],textarea{width:100%;min-height:56px;padding:12px;border:1px solid var(--grey);border-radius:6px;background:var(--surface);color:var(--text);font:inherit}
textarea{min-height:120px}
input[type=radio],input[type=checkbox]{width:28px;height:28px;flex:none;accent-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.mark{display:flex;align-items:center;gap:12px;padding:12px 16px;border-radius:6px;font:650 24px/30px system-ui,sans-serif}
.mark svg{width:28px;height:28px;flex:none;fill:none;stroke:currentColor;stroke-width:2}
.mark.solid{background:var(--unsafe);color:var(--on-unsafe)}
.mark.outline{border:2px solid var(--updating)}.mark.outline svg{color:var(--updating)}
.mark.wait{border:2px solid var(--grey)}.mark.dashed{border:2px dashed var(--grey)}.mark.dotted{border:3px dotted var(--grey)}
.mark.plain{padding-inline:0}.mark.plain svg{color:var(--fine)}
.said{border-inline-start:6px solid var(--accent)}.no{border-inline-start:6px solid var(--unsafe)}
.stage{display:flex;gap:12px}.stage b{min-width:88px;font-weight:600}.stage.now{font-weight:650}
@media (max-width:520px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}.page{padding:8px}}
@media print{:root{color-scheme:light}a.tap,button{display:none}}
`;

/** Fetches the overview again and shows it anew; without script the page asks its reader to (a meta refresh). */
export const SCRIPT = `
const every=5000;
setInterval(async()=>{
  const old=document.getElementById("live");
  if(!old||document.hidden||old.contains(document.activeElement))return;
  try{
    const answer=await fetch("/",{headers:{accept:"text/html"}});
    const next=new DOMParser().parseFromString(await answer.text(),"text/html").getElementById("live");
    if(next)old.replaceWith(next);
  }catch{old.style.opacity=".5"}
},every);
`;
