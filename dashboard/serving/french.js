// What Streamlit writes in English becomes French as it comes, and no line begins with a sign: the spaces before ; : ! ? % €
// and inside « » do not break. Our own words and those of the data are never translated: a whole label is looked up, outside
// of texts. For who has the page read aloud or has no mouse: a chart is what its words say, not its marks; an icon beside
// words is nothing; a table that is wider than the page scrolls with the arrows; the menu in sections is links, for Streamlit
// makes no list of it.
(words => {
  const LABELS = ['aria-label', 'title', 'placeholder', 'aria-description', 'aria-valuetext']
  const LABELLED = LABELS.map(name => `[${name}]`).join(', ')
  const KEPT = 'script, style, code, pre, textarea, noscript, [contenteditable=true], [data-testid=stIconMaterial]'
  const OURS = '[data-testid=stMarkdownContainer], [data-testid=stHtml], [role=gridcell]'
  const OWN = '[data-testid=stFileUploaderDropzone], [data-testid=stDialog], [data-testid=stSkipToContent]'
  const MENU = '[data-testid=stSidebarNavItems], [data-testid=stSidebarNavItems] li'
  const REFUSED = /^(?:Error: )?File must be (.+) or smaller\.$/
  const SIZE = /^(.*?)(\d+)(?:\.(\d+))?([KMGT])B$/
  const DAY = /^Selected Date: (\w+) (\d+), (\d+)$/

  const french = text => {
    if (text in words.exact) return words.exact[text]
    const day = DAY.exec(text)
    if (day && day[1] in words.months) return `Jour choisi : ${day[2]} ${words.months[day[1]]} ${day[3]}`
    const refused = REFUSED.exec(text)
    if (refused) return `Fichier refusé : plus de ${french(refused[1])}`
    const size = SIZE.exec(text)
    if (size) return `${size[1]}${size[2]}${Number(size[3]) ? `,${size[3]}` : ''} ${size[4]}o`.replace('Ko', 'ko')
    for (const [start, said] of Object.entries(words.begins)) if (text.startsWith(start)) return said + text.slice(start.length)
    for (const [end, said] of Object.entries(words.ends)) if (text.endsWith(end)) return said && text.slice(0, -end.length) + said
    return text
  }
  const spaced = text => text
    .replace(/ (?=[;!?])/g, '\u202f')
    .replace(/ (?=[:%€»])/g, '\u00a0')
    .replace(/« /g, '«\u00a0')

  const label = element => {
    for (const name of LABELS) {
      const text = element.getAttribute(name)
      if (!text) continue
      const said = spaced(french(text.trim()))
      if (!said) hide(element)
      else if (said !== text) element.setAttribute(name, said)
    }
  }
  const hide = element => element.setAttribute('aria-hidden', 'true')
  const each = (node, selector, change) => {
    if (node.matches(selector)) change(node)
    node.querySelectorAll(selector).forEach(change)
  }
  const write = node => {
    const parent = node.parentElement
    if (!parent || parent.closest(KEPT)) return
    const text = node.data, bare = text.trim()
    if (!bare) return
    const ours = parent.closest(OURS) && !parent.closest(OWN)
    const said = ours ? text : text.replace(bare, () => french(bare))
    if (spaced(said) !== text) node.data = spaced(said)
  }
  const all = node => {
    if (node.nodeType === Node.TEXT_NODE) return write(node)
    if (node.nodeType !== Node.ELEMENT_NODE) return
    each(node, LABELLED, label)
    each(node, 'svg.marks', hide)
    each(node, MENU, item => item.setAttribute('role', 'none'))
    each(node, '[data-testid=stTable] > div', table => { table.tabIndex = 0 })
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) write(walker.currentNode)
  }
  new MutationObserver(changes => {
    for (const change of changes) {
      if (change.type === 'childList') change.addedNodes.forEach(all)
      else if (change.type === 'attributes') label(change.target)
      else write(change.target)
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: LABELS })
})
