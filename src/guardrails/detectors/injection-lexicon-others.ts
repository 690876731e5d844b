// The ideas of overriding and leaking instructions in the other large languages: Spanish, Portuguese, French,
// Italian, German, Russian, Greek, Turkish, Indonesian, Filipino, Vietnamese, Japanese, Korean, Arabic, Hindi,
// Bengali and Thai. Only those ideas: freer attacks in these languages are not looked for.

import type { InjectionLexicon } from './injection-concepts.js'
import { phrases } from './phrases.js'

export const otherInjectionLexicon: InjectionLexicon = {
  ignore: phrases(`
    ignora | ignorar | ignore las | ignore os | ignoren | ignorez | ignorer | ignorieren | ignoriere |
    ignorare | ignori | olvida* | olvide | desestim* | descart* | haz caso omiso | omite | omitir |
    esqueça | esquecer | esqueca | desconsider* | oublie* | ne tiens pas compte |
    ne tenez pas compte | fais abstraction | dimentica* | trascura* | vergiss | vergessen sie |
    missacht* | beachte nicht | übergeh* | überschreib* | игнорир* | проигнорир* | забуд* |
    не обращай* | пренебрег* | отмени* | αγνο* | ξεχασ* | παραβλεψ* | yok say* | görmezden gel* |
    unut | unutun | dikkate alma* | göz ardı | abaikan* | lupakan | mengabaikan | huwag pansinin |
    kalimutan | balewalain | huwag sundin | bỏ qua | phớt lờ | quên | đừng làm theo | 無視し* |
    忘れて* | 忘れろ | 従わな* | 무시하* | 무시해* | 잊어* | 잊고 | 따르지 마* | تجاهل* | تجاهلوا |
    انس | انسى | لا تتبع | अनदेखा | नज़रअंदाज़ | नजरअंदाज | उपेक्षा | भूल जा* | ध्यान न दें |
    উপেক্ষা | অগ্রাহ্য | ভুলে যা* | ละเว้น | เพิกเฉย | ไม่ต้องสนใจ | ลืม
  `),
  prior: phrases(`
    vos | votre | tes | ton | tus | tu | sus | su | suas | sua | tuas | deine | deinen | ihre | ihren | le tue | tue |
    твои | ваши | свои | σου | anda | iyong | của bạn | あなたの | 당신의 | 너의 | आपके | अपने | আপনার |
    anterior* | previa* | previo* | prévi* | todas | todos | toda | precedent* | précédent* |
    ci dessus | tutte | tutti | sopra | acima | arriba | antes | vorherig* | vorangegangen* |
    bisherig* | obig* | alle | alles | предыдущ* | прошл* | все | выше | προηγουμεν* | ολες |
    παραπανω | önceki | tüm | yukarıdaki | sebelumnya | semua | di atas | nakaraang | naunang |
    lahat | trước | trước đó | tất cả | ở trên | 以前の | 前の | これまでの | すべての | 上記の |
    全ての | 이전 | 앞선 | 모든 | 위의 | السابقة | السابق | جميع | كل | أعلاه | पिछले | पिछली |
    पूर्व | सभी | उपरोक्त | আগের | পূর্ববর্তী | সমস্ত | সব | ก่อนหน้า | ทั้งหมด | ข้างต้น
  `),
  rules: phrases(`
    instrucci* | instruç* | instruction* | istruzion* | anweisung* | instruktion* | regel | regeln |
    vorgaben | regla | reglas | regra | regras | règle* | regole | órdenes | ordens | consigne* |
    indicacion* | diretriz* | directric* | tarea* | tarefa* | tâche* | инструкц* | указани* |
    правил* | команд* | οδηγι* | κανονες | talimat* | kural* | yönerge* | instruksi* | perintah* |
    aturan* | tagubilin | utos | panuto | hướng dẫn | chỉ dẫn | lệnh | quy tắc | 指示を | 指示 |
    命令を | ルール | 命令 | プロンプト | 지시* | 명령* | 규칙* | 지침* | 프롬프트 | التعليمات |
    تعليمات | الأوامر | القواعد | निर्देश* | आदेश* | नियम* | নির্দেশ* | নিয়ম* | আদেশ* | คำสั่ง |
    คำแนะนำ | กฎ
  `),
  received: phrases(`
    lo anterior | todo lo anterior | lo que te han dicho | lo que te dijeron | te han dicho |
    o acima | o que foi dito | tudo o que lhe foi dito | te disseram | ce qui précède | ci dessus |
    ce qu on t a dit | on t a dit | on vous a dit | ce que l on t a dit | quanto sopra | ciò che precede |
    ti è stato detto | vi è stato detto | das obige | was dir gesagt wurde | dir gesagt | das vorherige |
    вышесказанн* | вышеизложенн* | тебе сказали | вам сказали | τα παραπανω | yukarıdakini |
    yukarıdakileri | sana söylenen* | size söylenen* | yang di atas | yang telah diberitahukan |
    sinabi sa iyo | ang nasa itaas | những gì đã nói | điều trên | những điều trên | 上記 | 上の内容 |
    言われたこと | 위의 내용* | 위 내용* | 지금까지 들은 | ما سبق | ما قيل لك | ما ورد أعلاه |
    उपरोक्त | ऊपर दिए गए | जो कुछ भी आपको बताया गया | उपर | উপরেরটি | উপরের | যা বলা হয়েছে |
    ข้างต้น | ที่ได้รับการบอก
  `),
  systemPrompt: phrases(`
    prompt del sistema | mensaje del sistema | instrucciones del sistema | tus instrucciones |
    prompt do sistema | suas instruções | prompt système | tes instructions | vos instructions |
    prompt di sistema | le tue istruzioni | systemprompt | system prompt | deine anweisungen |
    systemnachricht | системный промпт | системные инструкции | твои инструкции | системного промпта |
    sistem istemi | prompt sistem | システムプロンプト | システムメッセージ | 시스템 프롬프트 |
    시스템 메시지 | موجه النظام | تعليمات النظام | सिस्टम प्रॉम्प्ट | সিস্টেম প্রম্পট | พรอมต์ระบบ |
    lời nhắc hệ thống
  `),
  reveal: phrases(`
    muestra* | muéstrame | revela* | repite | imprime | dime | mostre | revele | repita | montre* |
    révèle* | répète* | affiche* | mostra* | rivela* | ripeti | zeige | zeig | verrate | wiederhole |
    gib mir | nenne | покажи* | раскрой* | повтори* | выведи* | скажи | göster | açıkla | tekrarla |
    tampilkan | ungkapkan | tunjukkan | ipakita | 表示して | 見せて | 教えて | 出力して | 繰り返して |
    보여줘 | 알려줘 | 출력해* | 반복해* | اعرض | أظهر | اكشف | दिखाओ | दिखाएं | बताओ | দেখাও | แสดง |
    บอก | cho tôi xem | tiết lộ
  `),
}
