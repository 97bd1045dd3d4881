const OPENS = ['Enter']
const MOVES = {ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity}

const made = (tag, text = '', className = '') => {
  const one = document.createElement(tag)
  one.textContent = text
  if (className) one.className = className
  return one
}

const cell = (head, ...parts) => {
  const one = made('td')
  one.dataset.head = head
  one.append(...parts)
  return one
}

const acts = (list, className) => {
  const box = made('ul', '', className)
  for (const act of list) {
    const one = made('li', act.label)
    if (act.when) one.append(made('small', act.when))
    box.append(one)
  }
  return box
}

const states = (row, words) => {
  const select = made('select')
  select.setAttribute('aria-label', 'Appel : ' + row.who)
  for (const [value, label] of Object.entries(words)) {
    const option = made('option', label)
    option.value = value
    option.selected = value === row.state
    select.append(option)
  }
  return select
}

const line = (row, data) => {
  const one = made('tr')
  const [who, todo, call] = data.head
  one.dataset.id = row.id
  one.tabIndex = 0
  one.setAttribute('aria-label', row.says)
  const person = made('div', row.who, 'who')
  one.append(
    cell(who, person, made('div', row.about), made('div', row.phone, 'phone')),
    cell(todo, made('span', row.why, 'why'), acts(row.today, 'today'), acts(row.later, 'later'), acts(row.further, 'further')),
    cell(call, states(row, data.states), made('small', row.said)))
  return one
}

const pager = (data, turn) => {
  const bar = made('nav')
  bar.setAttribute('aria-label', 'Pages de la liste')
  const step = (text, by, off) => {
    const button = made('button', text)
    button.disabled = off
    button.onclick = () => turn(data.page + by)
    return button
  }
  bar.append(step('‹ Précédents', -1, data.page <= 1), made('span', data.range), step('Suivants ›', 1, data.page >= data.pages))
  return bar
}

export default function ({data, parentElement, setTriggerValue}) {
  const before = parentElement.querySelector('.box')
  const focused = parentElement.activeElement ?? parentElement.getRootNode().activeElement
  const here = focused?.closest?.('tr')?.dataset.id
  const inState = focused?.tagName === 'SELECT'
  const box = made('div', '', 'box')
  const table = made('table')
  table.setAttribute('aria-label', data.label)
  const head = made('tr')
  for (const name of data.head) {
    const one = made('th', name)
    one.scope = 'col'
    head.append(one)
  }
  const rows = data.rows.map(row => line(row, data))
  table.append(made('thead'), made('tbody'))
  table.tHead.append(head)
  table.tBodies[0].append(...rows)
  box.append(table)
  if (data.pages > 1) box.append(pager(data, page => setTriggerValue('page', page)))
  before ? before.replaceWith(box) : parentElement.append(box)
  const back = rows.find(row => row.dataset.id === here)
  if (back) (inState ? back.querySelector('select') : back).focus({preventScroll: true})

  const open = row => setTriggerValue('open', row.dataset.id)
  table.onclick = event => {
    const row = event.target.closest('tr[data-id]')
    if (row && !event.target.closest('select') && !String(getSelection())) open(row)
  }
  table.onchange = event =>
    setTriggerValue('state', {id: event.target.closest('tr').dataset.id, state: event.target.value})
  table.onkeydown = event => {
    if (event.target.tagName !== 'TR') return
    if (OPENS.includes(event.key)) open(event.target)
    else if (event.key in MOVES) {
      event.preventDefault()
      const to = rows.indexOf(event.target) + MOVES[event.key]
      rows[Math.min(Math.max(to, 0), rows.length - 1)].focus()
    }
  }
}
