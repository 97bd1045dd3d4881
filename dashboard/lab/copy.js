export default function ({data, parentElement}) {
  const button = document.createElement('button')
  const said = document.createElement('span')
  said.setAttribute('role', 'status')
  button.textContent = data.label
  button.onclick = async () => {
    said.textContent = (await copied(data.text)) ? 'Lien copié' : 'Copie refusée par le navigateur : copiez le lien écrit'
    setTimeout(() => { said.textContent = '' }, 4000)
  }
  parentElement.querySelector('.copie')?.remove()
  const line = document.createElement('div')
  line.className = 'copie'
  line.append(button, said)
  parentElement.append(line)

  // a page that is not on this computer and not encrypted has no clipboard of its own
  async function copied (text) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      const field = document.createElement('textarea')
      field.value = text
      document.body.append(field)
      field.select()
      const done = document.execCommand('copy')
      field.remove()
      return done
    }
  }
}
