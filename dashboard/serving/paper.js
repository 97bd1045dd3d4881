// On paper there is no field to read a filter in: one line under the title says what they say, from the page as it is. The
// doctor and the day come from the side; what is folded, and what says itself on paper, is left out.
(() => {
  const FIELDS = ['stSelectbox', 'stMultiSelect', 'stSlider', 'stCheckbox', 'stButtonGroup', 'stRadio', 'stDateInput']
  const SIDE = 'stSelectbox stDateInput'.split(' ').map(name => `[data-testid=stSidebar] [data-testid=${name}]`)
  const MAIN = FIELDS.map(name => `[data-testid=stMain] [data-testid=${name}]`)
  const ELSEWHERE = '[class*=_a_l_ecran], [class*=_dits], details:not([open]), [data-testid=stDialog], [role=dialog]'
  const LINE = 'reglages-imprimes'

  const words = one => one.innerText.replace(/\s+/g, ' ').trim()
  const all = (within, what) => [...within.querySelectorAll(what)]
  const VALUES = {
    stSelectbox: one => all(one, 'input[role=combobox]').map(input => input.value),
    stMultiSelect: one => all(one, '[data-testid=stMultiSelectTagsContainer] [data-testid=stMultiSelectTag], [role=row]').map(words),
    stSlider: one => [all(one, 'input[type=range]').map(input => input.getAttribute('aria-valuetext')).join(' à ')],
    stCheckbox: one => all(one, 'input:checked').map(() => 'oui'),
    stButtonGroup: one => all(one, '[data-selected=true], [aria-checked=true]').map(words),
    stRadio: one => all(one, 'input:checked').map(input => words(input.closest('label'))),
    stDateInput: one => all(one, '[role=group]').map(group => all(group, '[data-type]').map(words).join('')),
  }
  const said = field => {
    const label = field.querySelector('[data-testid=stWidgetLabel] [data-testid=stMarkdownContainer]')
    const values = VALUES[field.dataset.testid](field).filter(Boolean)
    if (!label || !values.length) return ''
    const name = label.textContent.trim()
    return field.dataset.testid === 'stCheckbox' ? name : `${name}\u00a0: ${[...new Set(values)].join(', ')}`
  }
  const write = () => {
    clear()
    const title = document.querySelector('[data-testid=stMain] h1')
    const fields = all(document, [...SIDE, ...MAIN].join(', ')).filter(one => !one.closest(ELSEWHERE))
    const parts = fields.map(said).filter(Boolean)
    if (!title || !parts.length) return
    const line = document.createElement('p')
    line.className = `${LINE} sur-papier`
    line.textContent = parts.join('\u00a0; ')
    title.closest('[data-testid=stElementContainer]').append(line)
  }
  const clear = () => all(document, `.${LINE}`).forEach(line => line.remove())
  const paper = matchMedia('print')
  paper.addEventListener('change', () => paper.matches ? write() : clear())
  addEventListener('beforeprint', write)
  addEventListener('afterprint', clear)
})()
